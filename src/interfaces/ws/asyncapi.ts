import { z } from 'zod';
import { conversation, message, profile } from '../schemas/answers.js';
import { conversationId, messageId, position, role, sessionId, userId } from '../schemas/fields.js';
import { clientFrames } from './protocol.js';

const time = z.string().meta({ format: 'date-time' });
/** What all members see alike; the members are the first 20, given where they are not what they were. */
const shared = conversation
  .pick({ conversationId: true, kind: true, title: true, memberCount: true, position: true })
  .extend({ members: conversation.shape.members.optional() });
const named = z.object({ conversationId });
const changed = z.object({ position, conversation: z.union([conversation, shared]) });

/** What the server sends, by type. */
const serverFrames = {
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
  resync: z.object({ position, conversations: z.array(z.object({ conversationId, cursor: z.string() })) }),
  'message.sent': z.object({ position, message }),
  'message.read': z.object({ position, conversationId, userId, messageId, seq: z.int(), at: time }),
  'user.updated': z.object({ user: profile }),
  'session.ended': z.object({ sessionId }),
  'conversation.started': z.object({ position, conversation }),
  'conversation.renamed': changed,
  'conversation.member_added': changed.extend({ members: conversation.shape.members.optional() }),
  'conversation.member_removed': z.object({
    position,
    userIds: z.array(userId).optional(),
    conversation: z.union([conversation, shared, named]),
  }),
  'conversation.role_changed': changed.extend({ members: z.array(z.object({ userId, role })).optional() }),
} as const;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
};

const messagesOf = (frames: Readonly<Record<string, z.ZodType>>, direction: 'client' | 'server') =>
  Object.fromEntries(
    Object.entries(frames).map(([type, schema]) => [
      `${direction}.${type}`,
      {
        name: type,
        contentType: 'application/json',
        payload: schemaOf(schema, direction === 'client' ? 'input' : 'output'),
      },
    ]),
  );

const referencesTo = (messages: object) =>
  Object.keys(messages).map((name) => ({ $ref: `#/channels/live/messages/${name}` }));

/** What goes over the WebSocket, as AsyncAPI 3, from the schemas that validate. */
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
