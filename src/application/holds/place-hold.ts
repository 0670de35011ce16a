import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { requireStarted } from '../conversations/require-started.js';
import { unchanged } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { RequireRole } from '../roles/require-role.js';
import type { Users } from '../users/remembered-users.js';
import { asAuditor, changeHolds } from './change-holds.js';

export interface HoldParts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly users: Users;
  readonly requireRole: RequireRole;
}

/** A user who is there now: of an erased one there is nothing left to hold. */
const requireThere = async (users: Users, userId: UserId): Promise<StreamCondition> => {
  const found = await users.current(userId);
  return found.state.status === 'registered' ? unchanged(found) : reject('user_not_found');
};

/** Places a hold. Whoever is held cannot have been erased at that very moment, nor be erased from then on. */
export const placeHold = ({ transact, store, users, requireRole }: HoldParts) =>
  changeHolds(transact, 'PlaceHold', async (subject, actor) => {
    const auditor = await asAuditor(requireRole)(subject, actor);
    if (subject.userId === null) {
      await requireStarted(store, subject.conversationId);
      return auditor;
    }
    const there = await requireThere(users, subject.userId);
    return subject.userId === actor ? [there] : [...auditor, there];
  });
