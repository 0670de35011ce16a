import type { Decider } from '../kernel/decider.js';
import type { Draft } from '../kernel/draft.js';
import type { SessionId, Instant, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { UserCommands } from './commands.js';
import type { UserEvents } from './events.js';
import { isSameProfile, profileAfter } from './profile.js';
import { DEFAULT_SETTINGS } from './settings.js';
import type { RegisteredUser, UserState } from './state.js';
import { requireTicket } from './tickets.js';

export const MAX_CONTACTS = 5_000;
export const MAX_BLOCKED = 1_000;

const requireRegistered = (state: UserState): RegisteredUser =>
  state.status === 'registered' ? state : reject('user_not_found');

/** Changes the draft of a user. A user who is absent or erased stays as they are. */
const whenRegistered = (draft: Draft<UserState>, change: (user: Draft<RegisteredUser>) => void): Draft<UserState> => {
  if (draft.status === 'registered') change(draft);
  return draft;
};

const endSessions = (userId: UserId, { sessionEpoch }: RegisteredUser, except: SessionId | null, at: Instant) =>
  ({ type: 'SessionsEnded', data: { userId, epoch: sessionEpoch + 1, exceptSessionId: except, endedAt: at } }) as const;

/** What is stored of the keys that are to be destroyed: nothing, where none is known. */
const naming = (keyIds: readonly string[]): { keyIds?: string[] } => (keyIds.length > 0 ? { keyIds: [...keyIds] } : {});

/** A user: registration, password, the end of all their sessions, profile, settings, relations, roles, erasure. */
export const user: Decider<UserCommands, UserEvents, UserState> = {
  category: 'user',
  initial: { status: 'absent' },
  decide: {
    RegisterUser: ({ ticket, at, ...user }, state) => {
      if (state.status !== 'absent') return [];
      const { userId } = user;
      return [
        { type: 'UserRegistered', data: { ...user, registeredAt: at } },
        { type: 'EmailVerificationRequested', data: { userId, ...ticket, requestedAt: at } },
      ];
    },
    RequestEmailVerification: ({ userId, ticket, at }, state) =>
      requireRegistered(state).emailVerified
        ? []
        : [{ type: 'EmailVerificationRequested', data: { userId, ...ticket, requestedAt: at } }],
    VerifyEmail: ({ userId, ticketId, tokenHash, at }, state) => {
      if (state.status !== 'registered') return reject('token_invalid');
      requireTicket(state.verification, { ticketId, tokenHash, at });
      return [{ type: 'EmailVerified', data: { userId, ticketId, verifiedAt: at } }];
    },
    ChangePassword: ({ userId, currentHash, passwordHash, keepSessionId, at }, state) => {
      const user = requireRegistered(state);
      if (user.passwordHash !== currentHash) reject('invalid_credentials');
      return [
        { type: 'PasswordChanged', data: { userId, passwordHash, ticketId: null, changedAt: at } },
        endSessions(userId, user, keepSessionId, at),
      ];
    },
    RequestPasswordReset: ({ userId, ticket, at }, state) => {
      requireRegistered(state);
      return [{ type: 'PasswordResetRequested', data: { userId, ...ticket, requestedAt: at } }];
    },
    ResetPassword: ({ userId, ticketId, tokenHash, passwordHash, at }, state) => {
      if (state.status !== 'registered') return reject('token_invalid');
      requireTicket(state.passwordReset, { ticketId, tokenHash, at });
      return [
        { type: 'PasswordChanged', data: { userId, passwordHash, ticketId, changedAt: at } },
        endSessions(userId, state, null, at),
        // A user who has the mailed link owns the mailbox.
        ...(state.emailVerified
          ? []
          : [{ type: 'EmailVerified', data: { userId, ticketId, verifiedAt: at } } as const]),
      ];
    },
    EndSessions: ({ userId, exceptSessionId, at }, state) => [
      endSessions(userId, requireRegistered(state), exceptSessionId, at),
    ],
    ChangeProfile: ({ userId, at, ...changes }, state) => {
      const now = requireRegistered(state);
      const next = profileAfter(now, changes);
      if (isSameProfile(next, now)) return [];
      const { avatarMediaId, ...named } = next;
      const avatar = avatarMediaId === null ? {} : { avatarMediaId };
      return [{ type: 'ProfileChanged', data: { userId, ...named, ...avatar, changedAt: at } }];
    },
    ChangeSettings: ({ userId, changes, at }, state) => {
      const now = requireRegistered(state).settings;
      const next = { ...now, ...changes };
      const isSame = (Object.keys(next) as (keyof typeof next)[]).every((name) => next[name] === now[name]);
      return isSame ? [] : [{ type: 'SettingsChanged', data: { userId, ...next, changedAt: at } }];
    },
    AddContact: ({ userId, contactId, at }, state) => {
      const { contacts } = requireRegistered(state);
      if (contactId === userId) reject('not_yourself');
      if (contacts.has(contactId)) return [];
      if (contacts.size >= MAX_CONTACTS) reject('contacts_full');
      return [{ type: 'ContactAdded', data: { userId, contactId, addedAt: at } }];
    },
    RemoveContact: ({ userId, contactId, at }, state) =>
      requireRegistered(state).contacts.has(contactId)
        ? [{ type: 'ContactRemoved', data: { userId, contactId, removedAt: at } }]
        : [],
    BlockUser: ({ userId, blockedId, at }, state) => {
      const { blocked } = requireRegistered(state);
      if (blockedId === userId) reject('not_yourself');
      if (blocked.has(blockedId)) return [];
      if (blocked.size >= MAX_BLOCKED) reject('blocks_full');
      return [{ type: 'UserBlocked', data: { userId, blockedId, blockedAt: at } }];
    },
    UnblockUser: ({ userId, blockedId, at }, state) =>
      requireRegistered(state).blocked.has(blockedId)
        ? [{ type: 'UserUnblocked', data: { userId, blockedId, unblockedAt: at } }]
        : [],
    GrantRole: ({ userId, role, by, at }, state) =>
      requireRegistered(state).roles.has(role)
        ? []
        : [{ type: 'RoleGranted', data: { userId, role, grantedBy: by, grantedAt: at } }],
    RevokeRole: ({ userId, role, by, at }, state) =>
      requireRegistered(state).roles.has(role)
        ? [{ type: 'RoleRevoked', data: { userId, role, revokedBy: by, revokedAt: at } }]
        : [],
    EraseUser: ({ userId, isHeld, keyIds, by, at }, state) => {
      if (state.status === 'erased') return [];
      const user = requireRegistered(state);
      if (isHeld) reject('legal_hold');
      return [
        endSessions(userId, user, null, at),
        { type: 'UserErased', data: { userId, ...naming(keyIds), erasedBy: by, erasedAt: at } },
      ];
    },
  },
  evolve: {
    UserRegistered: (_, { username, email, displayName, passwordHash }) => ({
      status: 'registered',
      username,
      email,
      displayName,
      bio: null,
      avatarMediaId: null,
      passwordHash,
      emailVerified: false,
      verification: null,
      passwordReset: null,
      sessionEpoch: 0,
      exceptSessionId: null,
      settings: DEFAULT_SETTINGS,
      contacts: new Set(),
      blocked: new Set(),
      roles: new Set(),
    }),
    EmailVerificationRequested: (draft, { ticketId, tokenHash, expiresAt }) =>
      whenRegistered(draft, (user) => (user.verification = { ticketId, tokenHash, expiresAt })),
    EmailVerified: (draft) =>
      whenRegistered(draft, (user) => {
        user.emailVerified = true;
        user.verification = null;
      }),
    PasswordResetRequested: (draft, { ticketId, tokenHash, expiresAt }) =>
      whenRegistered(draft, (user) => (user.passwordReset = { ticketId, tokenHash, expiresAt })),
    PasswordChanged: (draft, { passwordHash }) =>
      whenRegistered(draft, (user) => {
        user.passwordHash = passwordHash;
        // Otherwise a link that was mailed before would set a password once more.
        user.passwordReset = null;
      }),
    SessionsEnded: (draft, { epoch, exceptSessionId }) =>
      whenRegistered(draft, (user) => {
        user.sessionEpoch = epoch;
        user.exceptSessionId = exceptSessionId;
      }),
    ProfileChanged: (draft, { displayName, bio, avatarMediaId = null }) =>
      whenRegistered(draft, (user) => {
        user.displayName = displayName;
        user.bio = bio;
        user.avatarMediaId = avatarMediaId;
      }),
    SettingsChanged: (draft, { readReceipts, presence, locale, notifications }) =>
      whenRegistered(draft, (user) => (user.settings = { readReceipts, presence, locale, notifications })),
    ContactAdded: (draft, { contactId }) => whenRegistered(draft, ({ contacts }) => contacts.add(contactId)),
    ContactRemoved: (draft, { contactId }) => whenRegistered(draft, ({ contacts }) => contacts.delete(contactId)),
    UserBlocked: (draft, { blockedId }) => whenRegistered(draft, ({ blocked }) => blocked.add(blockedId)),
    UserUnblocked: (draft, { blockedId }) => whenRegistered(draft, ({ blocked }) => blocked.delete(blockedId)),
    RoleGranted: (draft, { role }) => whenRegistered(draft, ({ roles }) => roles.add(role)),
    RoleRevoked: (draft, { role }) => whenRegistered(draft, ({ roles }) => roles.delete(role)),
    UserErased: () => ({ status: 'erased' }),
  },
};
