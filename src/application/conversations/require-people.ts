import type { UserId } from '../../domain/kernel/ids.js';
import { reject, type RejectionCode } from '../../domain/kernel/rejections.js';
import type { UserState } from '../../domain/users/state.js';
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

export const requirePeople = (people: People): RequirePeople => {
  /** The person, if they are as needed. What is remembered may be old: it is read again before it refuses. */
  const find = async (userId: UserId, attempt: number, isAsNeeded: (state: UserState) => boolean) => {
    const known = await people.find(userId, { fresh: attempt > 0 });
    return isAsNeeded(known.state) || attempt > 0 ? known : people.find(userId, { fresh: true });
  };

  return {
    registered: async (userIds, attempt, refusal) => {
      const isThere = ({ status }: UserState): boolean => status === 'registered';
      const found = await Promise.all(userIds.map((userId) => find(userId, attempt, isThere)));
      return found.map(({ streamId, state }, index) => {
        if (!isThere(state)) reject(refusal, { userId: userIds[index] });
        return { streamId, expected: 'stream exists' };
      });
    },
    reachable: async (userId, by, attempt, refusal) => {
      const isOpen = (state: UserState): boolean => state.status === 'registered' && !state.blocked.has(by);
      const { streamId, state, revision } = await find(userId, attempt, isOpen);
      if (state.status === 'absent') return reject(refusal, { userId });
      return isOpen(state) ? { streamId, expected: revision } : reject('recipient_unavailable');
    },
  };
};
