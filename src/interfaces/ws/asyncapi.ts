import { z } from 'zod';
import { exampleOf, examplesOf } from '../schemas/example.js';
import { publishedSchema } from '../schemas/published.js';
import { clientFrames } from './commands.js';
import { answerFrames } from './frames/answer-frames.js';
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
  ...answerFrames,
  resync: resync.schema,
  typing: typingFrame.schema,
  [messageReceipts.type]: messageReceipts.schema,
  'auth.expiring': authExpiring.schema,
  'auth.renewed': authRenewed.schema,
  ...pushed,
};

const messagesOf = (frames: Readonly<Record<string, z.ZodType>>, direction: 'client' | 'server') =>
  Object.fromEntries(
    Object.entries(frames).map(([type, schema]) => {
      const isSent = direction === 'client';
      const payload = publishedSchema(schema, isSent ? 'input' : 'output');
      const shown = isSent ? examplesOf(payload) : { example: exampleOf(payload, 'whole') };
      const examples = Object.entries(shown).map(([name, example]) => ({ name, payload: example }));
      return [`${direction}.${type}`, { name: type, contentType: 'application/json', payload, examples }];
    }),
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
