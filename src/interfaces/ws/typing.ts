import { z } from 'zod';
import type { ConversationAccess } from '../../application/conversations/conversation-access.js';
import type { LiveTyping } from '../../application/typing/live-typing.js';
import type { Typing } from '../../application/typing/typing.js';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { ConversationId, Position, SessionId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { conversationId } from '../schemas/fields.js';
import type { Connection } from './connection.js';
import { typingFrame } from './frames/typing-frame.js';
import type { Hub } from './hub.js';
import { frameId, type RawFrame } from './protocol.js';
import { textFrame } from './text-frame.js';

/** The frames about typing that clients send, by type. */
export const typingFrames = {
  typing: z.strictObject({ type: z.literal('typing'), id: frameId.optional(), conversationId, active: z.boolean() }),
} as const;

/** The shortest pause between two looks at the log for one socket. */
const LOOK_PAUSE_MS = 1_000;
/** The log is asked as it is now, whatever is remembered of the conversation. */
const AS_IT_IS_NOW = 1;

/** Shows users of this node who is writing: one frame for all their sockets. */
export const showTyping =
  (hub: Hub) =>
  (viewers: readonly UserId[], typing: Typing): void => {
    const frame = textFrame(typingFrame.of(typing));
    for (const viewer of viewers) for (const connection of hub.of(viewer)) connection.offer(frame);
  };

export interface SocketTypingParts {
  readonly typing: Pick<LiveTyping, 'tell'>;
  readonly audience: Hub['audience'];
  readonly access: Pick<ConversationAccess, 'requireMember'>;
  /** Answers the position up to which this node knows the log, and what this session has sent. */
  readonly knownUpTo: (sessionId: SessionId) => Position;
  readonly now: () => number;
}

/** Takes what clients tell of themselves. Only a member may: that is known from the log, which is followed anyway. */
export class SocketTyping {
  readonly #parts: SocketTypingParts;
  readonly #lookedAt = new WeakMap<Connection, number>();

  constructor(parts: SocketTypingParts) {
    this.#parts = parts;
  }

  /** The handler of the frame. It has no answer. */
  readonly handlers = {
    typing: async (
      raw: RawFrame,
      connection: Connection,
      { userId, sessionId }: Pick<AccessClaims, 'userId' | 'sessionId'>,
    ): Promise<undefined> => {
      const frame = typingFrames.typing.parse(raw);
      const { typing, audience, knownUpTo, now } = this.#parts;
      const mark = knownUpTo(sessionId);
      if (!audience.of(frame.conversationId).has(userId))
        await this.#requireMember(frame.conversationId, connection, userId);
      typing.tell({ conversationId: frame.conversationId, userId, active: frame.active, mark }, now());
    },
  };

  /** This node may not have heard yet that the user has joined. A socket makes it look in the log once a second at most. */
  async #requireMember(wanted: ConversationId, connection: Connection, userId: UserId): Promise<void> {
    const now = this.#parts.now();
    if (now - (this.#lookedAt.get(connection) ?? -Infinity) < LOOK_PAUSE_MS) reject('conversation_not_found');
    this.#lookedAt.set(connection, now);
    await this.#parts.access.requireMember(wanted, userId, AS_IT_IS_NOW);
  }
}
