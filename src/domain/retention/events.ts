import type { ConversationId, Instant, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type RetentionEvents = {
  /** Messages go once they are so many days old: those of a conversation or, where it is null, of all that have no rule of their own. */
  RetentionSet: {
    conversationId: ConversationId | null;
    /** It is null where messages are kept for ever. */
    days: number | null;
    setBy: UserId;
    reason: string;
    /** Whose key seals the reason: see ../audit/trail.ts. */
    trail: UserId;
    setAt: Instant;
  };
  /** The conversation has no rule of its own any more: that for all counts. */
  RetentionCleared: {
    conversationId: ConversationId;
    clearedBy: UserId;
    reason: string;
    trail: UserId;
    clearedAt: Instant;
  };
};
