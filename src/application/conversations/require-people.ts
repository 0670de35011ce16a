import type { UserId } from '../../domain/kernel/ids.js';
import { reject, type RejectionCode } from '../../domain/kernel/rejections.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { People } from '../users/people.js';

/** Who can be brought into a conversation. */
export interface RequirePeople {
  /** Rejects with the refusal unless all of them are there. */
  registered(userIds: readonly UserId[], attempt: number, refusal: RejectionCode): Promise<StreamCondition[]>;
  /**
   * The condition under which a person may be written to by another directly: rejects with the refusal somebody who
   * never was, and `recipient_unavailable` somebody who was erased or has blocked them.
   */
  reachable(userId: UserId, by: UserId, attempt: number, refusal: RejectionCode): Promise<StreamCondition>;
}

export const requirePeople = (people: People): RequirePeople => ({
  registered: async (userIds, attempt, refusal) => {
    const found = await Promise.all(userIds.map((userId) => people.find(userId, { fresh: attempt > 0 })));
    return found.map(({ streamId, state }, index) => {
      if (state.status !== 'registered') reject(refusal, { userId: userIds[index] });
      return { streamId, expected: 'stream exists' };
    });
  },
  reachable: async (userId, by, attempt, refusal) => {
    const { streamId, state, revision } = await people.find(userId, { fresh: attempt > 0 });
    if (state.status === 'absent') return reject(refusal, { userId });
    if (state.status === 'erased' || state.blocked.has(by)) return reject('recipient_unavailable');
    return { streamId, expected: revision };
  },
});
