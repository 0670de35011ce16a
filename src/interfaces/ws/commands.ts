import type { CommandContext } from '../../application/kernel/command-context.js';
import type { UseCases } from '../../application/use-cases.js';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { Clock } from '../../application/ports/clock.js';
import type { Identifiers } from '../../application/ports/identifiers.js';
import type { Position } from '../../domain/kernel/ids.js';
import { addresseeOf } from '../schemas/sending.js';
import type { Connection } from './connection.js';
import type { SocketPresence } from './presence.js';
import { clientFrames, type FrameType, type RawFrame } from './protocol.js';

export interface CommandParts {
  readonly useCases: Pick<UseCases, 'sendMessage' | 'markRead'>;
  readonly identifiers: Identifiers;
  readonly clock: Clock;
  /** Up to where events have been handed on to sockets. */
  readonly handedOn: () => Position;
  readonly presence: Pick<SocketPresence, 'handlers'>;
}

/** What a frame is answered with; nothing, where other frames tell. */
export type FrameHandler = (
  frame: RawFrame,
  connection: Connection,
  claims: AccessClaims,
) => Promise<object | undefined>;

/** One entry a frame that may come after `auth`. */
export const frameHandlers = ({
  useCases,
  identifiers,
  clock,
  handedOn,
  presence,
}: CommandParts): Readonly<Record<Exclude<FrameType, 'auth'>, FrameHandler>> => {
  const contextOf = ({ address }: Connection, { userId, sessionId }: AccessClaims): CommandContext => {
    const commandId = identifiers.newCommandId();
    return { commandId, correlationId: commandId, actor: userId, sessionId, now: clock(), address, claim: null };
  };

  return {
    ...presence.handlers,
    send: async (raw, connection, claims) => {
      const frame = clientFrames.send.parse(raw);
      const { id, messageId, text, replyTo } = frame;
      const input = { messageId, to: addresseeOf(frame), text, replyTo };
      const { repeated: _, ...sent } = await useCases.sendMessage(input, contextOf(connection, claims));
      return { type: 'ack', id, ...sent };
    },
    read: async (raw, connection, claims) => {
      const { id, conversationId, messageId } = clientFrames.read.parse(raw);
      const { position } = await useCases.markRead({ conversationId, messageId }, contextOf(connection, claims));
      return { type: 'ack', ...(id !== undefined && { id }), position };
    },
    ping: (raw, connection) => {
      clientFrames.ping.parse(raw);
      return Promise.resolve({ type: 'pong', position: connection.servedUpTo(handedOn()) });
    },
  };
};
