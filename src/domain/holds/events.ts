import type { ConversationId, Instant, UserId } from '../kernel/ids.js';

/** Whom or what a hold keeps, and for which matter. One of `userId` and `conversationId` is null. */
interface Held {
  userId: UserId | null;
  conversationId: ConversationId | null;
  /** The case that it is for, as auditors name it: letters, digits and a few signs, never a text. */
  matter: string;
  reason: string;
  /** Whose key seals the reason: see ../audit/trail.ts. */
  trail: UserId;
}

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type HoldEvents = {
  /** Nothing of what is held is destroyed from now on. `placedBy` is null where the command-line tool placed it. */
  HoldPlaced: Held & { placedBy: UserId | null; placedAt: Instant };
  /** This matter needs it no more; another one may. */
  HoldLifted: Held & { liftedBy: UserId | null; liftedAt: Instant };
};
