import { fold, followsFrom } from '../../domain/kernel/decider.js';
import { streamOf, type Position, type UserId } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import { ERASED } from '../kernel/erased.js';
import { grouped } from '../kernel/grouped.js';
import type { Past } from './past.js';

/** A user as of a moment, as far as conversations show them. */
export interface PastUser {
  readonly state: RegisteredUser;
  /** When they were erased, also after the moment; undefined where they were not. */
  readonly erasedAt: Position | undefined;
}

/** What is looked at of users: the rest of their streams changes nothing of their names and settings. */
const PROFILES = ['UserRegistered', 'ProfileChanged', 'SettingsChanged'] as const;

/** The users whom somebody has blocked can be many: they are looked at where it matters. */
export const WITH_BLOCKS = [...PROFILES, 'UserBlocked', 'UserUnblocked'] as const;

/** Answers users as they were. What was decided before an erasure, such as to show no receipts, holds behind it too. */
export const pastUsers = async (
  past: Past,
  userIds: readonly UserId[],
  types: typeof PROFILES | typeof WITH_BLOCKS = PROFILES,
): Promise<ReadonlyMap<UserId, PastUser>> => {
  const streams = userIds.map((userId) => streamOf(user.category, userId));
  const [events, erasures] = await Promise.all([past.events({ streams, types }), past.erasures(userIds)]);
  const ofStreams = grouped(events, ({ streamId }) => streamId);
  return new Map(
    userIds.flatMap((userId): [UserId, PastUser][] => {
      const own = ofStreams.get(streamOf(user.category, userId)) ?? [];
      const state = fold(
        user,
        own.filter((event) => followsFrom(user, event)),
      );
      return state.status === 'registered' ? [[userId, { state, erasedAt: erasures.get(userId) }]] : [];
    }),
  );
};

/** Answers what a user is called: an erased one, also one who was erased later, has no names. */
export const namesOf = (found: PastUser | undefined): { readonly username: string; readonly displayName: string } => {
  if (!found) return { username: '', displayName: '' };
  const { username, displayName } = found.state;
  return found.erasedAt === undefined ? { username, displayName } : { username: ERASED, displayName: ERASED };
};
