import { streamOf, type UserId } from '../../domain/kernel/ids.js';
import { reject, type RejectionCode } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import { load } from '../kernel/loaded.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';

/**
 * The condition that these people exist. On the first attempt the append itself finds out;
 * when it was refused, they are looked up one by one, to say so.
 */
export type RequirePeople = (
  userIds: readonly UserId[],
  attempt: number,
  refusal: RejectionCode,
) => Promise<StreamCondition[]>;

export const requirePeople =
  (store: EventStore): RequirePeople =>
  async (userIds, attempt, refusal) => {
    if (attempt > 0)
      for (const userId of userIds) {
        const { state } = await load(store, user, userId);
        if (state.status !== 'registered') reject(refusal, { userId });
      }
    return userIds.map((userId) => ({ streamId: streamOf(user.category, userId), expected: 'stream exists' }));
  };
