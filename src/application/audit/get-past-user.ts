import { Folding, followsFrom } from '../../domain/kernel/decider.js';
import { streamOf, type Instant, type MediaId, type Position, type UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import type { UserRole } from '../../domain/users/roles.js';
import type { Settings } from '../../domain/users/settings.js';
import type { RegisteredUser } from '../../domain/users/state.js';
import { ERASED } from '../kernel/erased.js';
import type { AsOf, OpenAsOf } from './as-of.js';
import { ofMoment, type OfMoment } from './of-moment.js';
import type { Past } from './past.js';

/** A user as they were. Of one who was erased, then or later, the names are gone, and it says so. */
export interface PastUserView {
  readonly userId: UserId;
  readonly status: 'registered' | 'erased';
  readonly username: string;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarMediaId: MediaId | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly roles: readonly UserRole[];
  /** Null of an erased user. */
  readonly settings: Settings | null;
  readonly contacts: readonly UserId[];
  readonly blocks: readonly UserId[];
  readonly createdAt: Instant;
  readonly erased?: true;
}

interface PastUserAnswer extends OfMoment {
  readonly user: PastUserView;
}

const NOBODY: Omit<PastUserView, 'userId' | 'createdAt'> = {
  ...{ status: 'erased', username: ERASED, displayName: ERASED, bio: null, avatarMediaId: null },
  ...{ email: null, emailVerified: false, roles: [], settings: null, contacts: [], blocks: [], erased: true },
};

const WITHOUT_NAMES = { username: ERASED, displayName: ERASED, email: ERASED, bio: null, erased: true } as const;

/** Leaves out the users who had been erased by then: nobody is related to them any more. */
const present = (past: Past, userIds: ReadonlySet<UserId>, erasures: ReadonlyMap<UserId, Position>): UserId[] =>
  [...userIds].filter((userId) => !past.has(erasures.get(userId)));

const registeredView = async (
  past: Past,
  { userId, createdAt }: Pick<PastUserView, 'userId' | 'createdAt'>,
  state: RegisteredUser,
): Promise<PastUserView> => {
  const { username, displayName, bio, avatarMediaId, email, emailVerified, settings } = state;
  const erasures = await past.erasures([userId, ...state.contacts, ...state.blocked]);
  return {
    ...{ userId, status: 'registered', username, displayName, bio, avatarMediaId, email, emailVerified },
    roles: [...state.roles],
    settings,
    contacts: present(past, state.contacts, erasures),
    blocks: present(past, state.blocked, erasures),
    createdAt,
    ...(erasures.has(userId) && WITHOUT_NAMES),
  };
};

/** Answers a user as they were at a moment. Rejects `user_not_found` where they had not registered. */
export const getPastUser =
  (open: OpenAsOf) =>
  async ({ userId, asOf }: { readonly userId: UserId; readonly asOf?: AsOf | undefined }, now: Instant) => {
    const past = await open(asOf, now);
    const folding = new Folding(user);
    let createdAt: Instant | undefined;
    for (const event of await past.events({ streams: [streamOf(user.category, userId)] })) {
      if (!followsFrom(user, event)) continue;
      folding.add(event);
      if (event.type === 'UserRegistered') createdAt = event.data.registeredAt;
    }
    const state = folding.state();
    if (state.status === 'absent' || createdAt === undefined) return reject('user_not_found');
    const view =
      state.status === 'erased'
        ? { userId, createdAt, ...NOBODY }
        : await registeredView(past, { userId, createdAt }, state);
    const answer: PastUserAnswer = { ...ofMoment(past), user: view };
    return { answer, userIds: [userId, ...view.contacts, ...view.blocks] };
  };
