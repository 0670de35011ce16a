import type { Instant, UserId } from '../../domain/kernel/ids.js';
import type { UserEvents } from '../../domain/users/events.js';
import { searchTerms } from '../../domain/users/search-key.js';
import { DEFAULT_SETTINGS } from '../../domain/users/settings.js';
import { usernameKey } from '../../domain/users/username.js';
import { ERASED } from '../kernel/erased.js';
import type { Relation } from '../ports/user-directory.js';
import type { Projected, Projector } from './projector.js';
import { changeRow, putNewRow } from './rows.js';
import { relationKey, type UserRow, type UsersTables } from './users-tables.js';

interface Pair {
  readonly userId: UserId;
  readonly otherId: UserId;
}

/** The tables of users, and of their relations to each other. */
export interface ProfilesWriter {
  register(event: Projected<UserEvents['UserRegistered']>): void;
  verify(event: Projected<UserEvents['EmailVerified']>): void;
  changeProfile(event: Projected<UserEvents['ProfileChanged']>): void;
  changeSettings(event: Projected<UserEvents['SettingsChanged']>): void;
  relate(relation: Relation, pair: Pair, at: Instant): void;
  unrelate(relation: Relation, pair: Pair): void;
  grant(event: Projected<UserEvents['RoleGranted']>): void;
  revoke(event: Projected<UserEvents['RoleRevoked']>): void;
  /** Forgets everything that is personal. */
  erase(event: Projected<UserEvents['UserErased']>): void;
}

/** The view of users: their profiles, settings and relations. */
export const profiles: Projector<UserEvents, { readonly profiles: ProfilesWriter }> = {
  name: 'profiles',
  on: {
    UserRegistered: (write, event) => write.profiles.register(event),
    EmailVerified: (write, event) => write.profiles.verify(event),
    ProfileChanged: (write, event) => write.profiles.changeProfile(event),
    SettingsChanged: (write, event) => write.profiles.changeSettings(event),
    ContactAdded: ({ profiles: write }, { data: { userId, contactId, addedAt } }) =>
      write.relate('contacts', { userId, otherId: contactId }, addedAt),
    ContactRemoved: ({ profiles: write }, { data: { userId, contactId } }) =>
      write.unrelate('contacts', { userId, otherId: contactId }),
    UserBlocked: ({ profiles: write }, { data: { userId, blockedId, blockedAt } }) =>
      write.relate('blocks', { userId, otherId: blockedId }, blockedAt),
    UserUnblocked: ({ profiles: write }, { data: { userId, blockedId } }) =>
      write.unrelate('blocks', { userId, otherId: blockedId }),
    RoleGranted: (write, event) => write.profiles.grant(event),
    RoleRevoked: (write, event) => write.profiles.revoke(event),
    UserErased: (write, event) => write.profiles.erase(event),
  },
};

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const profileRows = ({ users, relations, sessions }: UsersTables): ProfilesWriter => {
  const change = (userId: UserId, changed: (row: UserRow) => Partial<UserRow>): void =>
    changeRow(users, userId, (row) => ({ ...row, ...changed(row) }));
  const dropWhere = <Row>(rows: Map<string, Row>, isDropped: (row: Row) => boolean): void => {
    for (const [key, row] of rows) if (isDropped(row)) rows.delete(key);
  };
  return {
    register: ({ data: { userId, username, email, displayName, registeredAt } }) =>
      putNewRow(users, userId, {
        ...{ userId, username, email, displayName, usernameKey: usernameKey(username), createdAt: registeredAt },
        ...{
          emailVerified: false,
          bio: null,
          avatarMediaId: null,
          settings: DEFAULT_SETTINGS,
          roles: [],
          erasedAt: null,
        },
        terms: searchTerms(username, displayName),
      }),
    verify: ({ data: { userId } }) => change(userId, () => ({ emailVerified: true })),
    changeProfile: ({ data: { userId, displayName, bio, avatarMediaId = null } }) =>
      change(userId, (row) => ({
        ...{ displayName, bio, avatarMediaId },
        terms: [row.usernameKey, ...searchTerms('', displayName)],
      })),
    changeSettings: ({ data: { userId, readReceipts, presence, locale, notifications } }) =>
      change(userId, () => ({ settings: { readReceipts, presence, locale, notifications } })),
    relate: (kind, { userId, otherId }, since) =>
      putNewRow(relations, relationKey(kind, userId, otherId), { userId, kind, otherId, since }),
    unrelate: (kind, { userId, otherId }) => void relations.delete(relationKey(kind, userId, otherId)),
    grant: ({ data: { userId, role } }) =>
      change(userId, ({ roles }) => ({ roles: [...roles.filter((each) => each !== role), role] })),
    revoke: ({ data: { userId, role } }) =>
      change(userId, ({ roles }) => ({ roles: roles.filter((each) => each !== role) })),
    erase: ({ data: { userId, erasedAt } }) => {
      change(userId, ({ settings }) => ({
        ...{ username: ERASED, usernameKey: '', email: '', emailVerified: false, displayName: ERASED },
        ...{ bio: null, avatarMediaId: null },
        ...{ settings: { ...settings, locale: DEFAULT_SETTINGS.locale }, roles: [], terms: [], erasedAt },
      }));
      dropWhere(relations, (row) => row.userId === userId || row.otherId === userId);
      dropWhere(sessions, (row) => row.userId === userId);
    },
  };
};
