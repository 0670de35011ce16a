import { streamOf, type StreamId, type UserId } from '../../domain/kernel/ids.js';
import { reject, type RejectionCode } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import { isRegisteredAfter } from '../../domain/users/last-event.js';
import type { UserState } from '../../domain/users/state.js';
import { BoundedCache } from '../kernel/bounded-cache.js';
import { unchanged } from '../kernel/loaded.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { Users } from '../users/remembered-users.js';

const MOST_MISSING = 20_000;

/** Checks the users who are to come into a conversation. */
export interface RequireUsers {
  /** Rejects with the refusal unless all of them are registered. One query asks, however many they are. */
  registered(userIds: readonly UserId[], refusal: RejectionCode): Promise<void>;
  /**
   * Answers the condition under which a user may be written to by another directly. Rejects with the refusal a user who never
   * existed, and with `recipient_unavailable` one who was erased or has blocked the other.
   */
  reachable(userId: UserId, by: UserId, attempt: number, refusal: RejectionCode): Promise<StreamCondition>;
}

const streamOfUser = (userId: UserId): StreamId => streamOf(user.category, userId);

export const requireUsers = (users: Users, store: EventStore): RequireUsers => {
  /** Ids that no user had when they were last asked for. They are asked for first, and are never rejected without asking. */
  const missing = new BoundedCache<UserId, true>({ most: MOST_MISSING, weightOf: () => 1 });

  /** A registered user stays so until they are erased: no condition of the append needs to say it again. */
  const requireRegistered = async (userIds: readonly UserId[], refusal: RejectionCode): Promise<void> => {
    const heads = await store.heads(userIds.map(streamOfUser));
    const isThere = (userId: UserId): boolean => {
      const head = heads.get(streamOfUser(userId));
      return head !== undefined && isRegisteredAfter(head.type);
    };
    const absent = userIds.filter((userId) => !isThere(userId));
    for (const userId of userIds) missing.delete(userId);
    for (const userId of absent) missing.set(userId, true);
    if (absent.length > 0) reject(refusal, { userId: absent[0] });
  };

  return {
    registered: async (userIds, refusal) => {
      // If one was missing before, and still is, the question for all the others is not needed.
      const suspect = userIds.find((userId) => missing.get(userId));
      if (suspect !== undefined) await requireRegistered([suspect], refusal);
      await requireRegistered(userIds, refusal);
    },
    reachable: async (userId, by, attempt, refusal) => {
      const isOpen = (state: UserState): boolean => state.status === 'registered' && !state.blocked.has(by);
      const found = await users.find(userId, isOpen, attempt);
      const { state } = found;
      if (state.status === 'absent') return reject(refusal, { userId });
      return isOpen(state) ? unchanged(found) : reject('recipient_unavailable');
    },
  };
};
