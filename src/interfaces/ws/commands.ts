import { z } from 'zod';
import type { CommandContext } from '../../application/kernel/command-context.js';
import { claimOf } from '../../application/kernel/request-claim.js';
import type { UseCases } from '../../application/use-cases.js';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { Clock } from '../../application/ports/clock.js';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import type { Identifiers } from '../../application/ports/identifiers.js';
import type { MessageId, Position } from '../../domain/kernel/ids.js';
import { conversationId, emoji, idempotencyKey, messageId, position, text } from '../schemas/fields.js';
import { addresseeOf, sending } from '../schemas/sending.js';
import type { Connection } from './connection.js';
import { presenceFrames, type SocketPresence } from './presence.js';
import { frameId, type RawFrame } from './protocol.js';
import { secondsSince, type OnStage } from './stages.js';
import { typingFrames, type SocketTyping } from './typing.js';

/** The frames that clients send, by type. Each has its handler below. */
export const clientFrames = {
  auth: z.strictObject({
    type: z.literal('auth'),
    token: z.string().meta({ examples: ['eyJhbGciOiJIUzI1NiJ9.the-claims.the-signature'] }),
    resumeAfter: position.optional(),
  }),
  send: sending.safeExtend({ type: z.literal('send'), id: frameId }).meta({ ...sending.meta() }),
  edit: z.strictObject({
    type: z.literal('edit'),
    id: frameId,
    messageId,
    text,
    idempotencyKey: idempotencyKey.optional(),
  }),
  delete: z.strictObject({ type: z.literal('delete'), id: frameId, messageId }),
  react: z.strictObject({ type: z.literal('react'), id: frameId, messageId, emoji }),
  unreact: z.strictObject({ type: z.literal('unreact'), id: frameId, messageId, emoji }),
  read: z.strictObject({ type: z.literal('read'), id: frameId.optional(), conversationId, messageId }),
  ...typingFrames,
  ...presenceFrames,
  ping: z.strictObject({ type: z.literal('ping') }),
} as const;

export type FrameType = keyof typeof clientFrames;

export const isFrameType = (type: unknown): type is FrameType =>
  typeof type === 'string' && Object.hasOwn(clientFrames, type);

/** The frames that append to the log. */
const COMMANDS: ReadonlySet<FrameType> = new Set(['send', 'edit', 'delete', 'react', 'unreact', 'read']);

export const isCommand = (type: FrameType): boolean => COMMANDS.has(type);

type CommandingUseCases =
  'sendMessage' | 'editMessage' | 'deleteMessage' | 'addReaction' | 'removeReaction' | 'markRead';

interface AboutMessage {
  readonly messageId: MessageId;
}

type Edit = Omit<z.output<typeof clientFrames.edit>, 'type' | 'id'>;

export interface CommandParts {
  readonly useCases: Pick<UseCases, CommandingUseCases>;
  readonly identifiers: Identifiers;
  readonly hashes: KeyedHashes;
  readonly clock: Clock;
  /** Answers the position up to which events have been delivered to sockets. */
  readonly deliveredUpTo: () => Position;
  /** The handlers of the frames that are signals, not commands. */
  readonly signalHandlers: SocketPresence['handlers'] & SocketTyping['handlers'];
  readonly onStage: OnStage;
}

/** Answers a frame; undefined where other frames are the answer. The request id is the correlation id of what it appends. */
export type FrameHandler = (
  frame: RawFrame,
  connection: Connection,
  claims: AccessClaims,
  requestId: string,
) => Promise<object | undefined>;

/** Edits a message once, however often the frame comes under the same idempotency key. */
const editOnce =
  ({ editMessage }: CommandParts['useCases'], hashes: KeyedHashes) =>
  ({ idempotencyKey: key, ...edit }: Edit, context: CommandContext) =>
    editMessage(edit, {
      ...context,
      claim: claimOf(hashes, { actor: context.actor, operation: 'edit', key, request: edit }),
    });

/** Makes the context of a frame's command. The frame's id is the correlation id of what it appends. */
const contextsOf =
  (identifiers: Identifiers, clock: Clock) =>
  ({ address }: Connection, { userId, sessionId }: AccessClaims, correlationId: string): CommandContext => {
    const commandId = identifiers.newCommandId();
    const ids = { commandId, correlationId, causationId: commandId };
    return { ...ids, actor: userId, sessionId, now: clock(), address, claim: null };
  };

/** The handler of each frame that may come after `auth`. */
export const frameHandlers = ({
  useCases,
  identifiers,
  hashes,
  clock,
  deliveredUpTo,
  signalHandlers,
  onStage,
}: CommandParts): Readonly<Record<Exclude<FrameType, 'auth'>, FrameHandler>> => {
  const contextOf = contextsOf(identifiers, clock);

  /** A frame that changes a message is answered with the place of the change. */
  const changing =
    <Input extends AboutMessage>(
      schema: z.ZodType<Input & { readonly type: string; readonly id: string }>,
      change: (input: Input, context: CommandContext) => Promise<{ readonly position: Position }>,
    ): FrameHandler =>
    async (raw, connection, claims, requestId) => {
      const { id, type: _, ...input } = schema.parse(raw);
      const { position } = await change(input as unknown as Input, contextOf(connection, claims, requestId));
      return { type: 'ack', id, messageId: input.messageId, position };
    };

  return {
    ...signalHandlers,
    send: async (raw, connection, claims, requestId) => {
      const receivedAt = performance.now();
      const frame = clientFrames.send.parse(raw);
      const { id, messageId, text = '', attachments, replyTo } = frame;
      const input = { messageId, to: addresseeOf(frame), text, attachments, replyTo };
      const { repeated: _, ...sent } = await useCases.sendMessage(input, contextOf(connection, claims, requestId));
      onStage('committed', secondsSince(receivedAt));
      return { type: 'ack', id, ...sent };
    },
    edit: changing(clientFrames.edit, editOnce(useCases, hashes)),
    delete: changing(clientFrames.delete, useCases.deleteMessage),
    react: changing(clientFrames.react, useCases.addReaction),
    unreact: changing(clientFrames.unreact, useCases.removeReaction),
    read: async (raw, connection, claims, requestId) => {
      const { id, type: _, ...input } = clientFrames.read.parse(raw);
      const answer = await useCases.markRead(input, contextOf(connection, claims, requestId));
      return { type: 'ack', ...(id !== undefined && { id }), position: answer.position };
    },
    ping: (raw, connection) => {
      clientFrames.ping.parse(raw);
      return Promise.resolve({ type: 'pong', position: connection.servedUpTo(deliveredUpTo()) });
    },
  };
};
