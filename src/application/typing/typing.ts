import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';

/** Whether a user is writing in a conversation. */
export interface Typing {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly active: boolean;
}

/** What a user has told of themselves, as nodes pass it on. */
export interface TypingSignal extends Typing {
  /** The position up to which the log was known where it was told: what was sent behind it was sent later. */
  readonly mark: Position;
}

export const TYPING_TOPIC = 'typing';

export interface TypingLimits {
  /** A user is shown for so long, unless it is told again. */
  readonly shownMs: number;
  /** The shortest pause between two signals of a user. */
  readonly pauseMs: number;
  /** The most conversations of a user whose signals wait for that pause. */
  readonly waitingOfUser: number;
  /** The most users who are shown in a conversation at a time. */
  readonly shownInConversation: number;
}

export const TYPING_LIMITS: TypingLimits = { shownMs: 6_000, pauseMs: 1_000, waitingOfUser: 3, shownInConversation: 5 };
