import { z } from 'zod';
import { time } from '../schemas/answers.js';
import { conversationId, messageId, position, sessionId, userId } from '../schemas/fields.js';
import { publishedSchema } from '../schemas/published.js';
import { clientFrames } from './commands.js';
import { authExpiring, authRenewed } from './frames/auth-frames.js';
import { messageReceipts } from './frames/receipt-frames.js';
import { pushedFrames } from './frames/pushed-frames.js';
import { resync } from './frames/resync-frame.js';
import { typingFrame } from './frames/typing-frame.js';

/** The frames of events, by type: some events have the same. */
const pushed = Object.fromEntries(
  Object.values(pushedFrames)
    .filter((frame) => frame !== null)
    .map(({ type, schema }) => [type, schema]),
);

/** The frames that the server sends, by type. */
const serverFrames: Readonly<Record<string, z.ZodObject>> = {
  ready: z.object({ userId, sessionId, position, heartbeatSeconds: z.int(), resumed: z.boolean() }),
  ack: z.object({
    id: z.string().optional(),
    position,
    messageId: messageId.optional(),
    conversationId: conversationId.optional(),
    sentAt: time.optional(),
  }),
  error: z.object({
    id: z.string().optional(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retryAfterMs: z.int().optional(),
  }),
  pong: z.object({ position }),
  presence: z.object({ userId, status: z.enum(['online', 'away', 'offline']), lastSeenAt: time.optional() }),
  typing: typingFrame.schema,
  resync: resync.schema,
  [messageReceipts.type]: messageReceipts.schema,
  'auth.expiring': authExpiring.schema,
  'auth.renewed': authRenewed.schema,
  'session.ended': z.object({ sessionId }),
  ...pushed,
};

const messagesOf = (frames: Readonly<Record<string, z.ZodType>>, direction: 'client' | 'server') =>
  Object.fromEntries(
    Object.entries(frames).map(([type, schema]) => [
      `${direction}.${type}`,
      {
        name: type,
        contentType: 'application/json',
        payload: publishedSchema(schema, direction === 'client' ? 'input' : 'output'),
      },
    ]),
  );

const referencesTo = (messages: object) =>
  Object.keys(messages).map((name) => ({ $ref: `#/channels/live/messages/${name}` }));

/** Describes the frames of the WebSocket as AsyncAPI 3, from the schemas that validate. */
export const asyncApiDocument = ({ version, url }: { readonly version: string; readonly url: string }): object => {
  const { host, protocol } = new URL(url);
  const fromClient = messagesOf(clientFrames, 'client');
  const typed = Object.fromEntries(
    Object.entries(serverFrames).map(([type, schema]) => [type, schema.extend({ type: z.literal(type) })]),
  );
  const fromServer = messagesOf(typed, 'server');
  return {
    asyncapi: '3.0.0',
    info: { title: 'ChatApp', version, description: 'Live frames: one JSON object each, over `/ws/`.' },
    servers: { live: { host, protocol: protocol === 'https:' ? 'wss' : 'ws', pathname: '/ws/' } },
    channels: { live: { address: '/ws/', messages: { ...fromClient, ...fromServer } } },
    operations: {
      receive: { action: 'receive', channel: { $ref: '#/channels/live' }, messages: referencesTo(fromClient) },
      send: { action: 'send', channel: { $ref: '#/channels/live' }, messages: referencesTo(fromServer) },
    },
  };
};
