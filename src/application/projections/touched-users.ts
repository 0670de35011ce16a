import type { SessionId, UserId } from '../../domain/kernel/ids.js';
import type { SessionEvents } from '../../domain/sessions/events.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { Relation } from '../ports/user-directory.js';

type OfUsers =
  | 'UserRegistered'
  | 'EmailVerified'
  | 'ProfileChanged'
  | 'SettingsChanged'
  | 'RoleGranted'
  | 'RoleRevoked'
  | 'UserErased';
type OfRelations = 'ContactAdded' | 'ContactRemoved' | 'UserBlocked' | 'UserUnblocked';
type OfSessions = 'SessionStarted' | 'SessionRefreshed' | 'SessionEnded';
type TouchingEvents = Pick<UserEvents, OfUsers | OfRelations | 'SessionsEnded'> & Pick<SessionEvents, OfSessions>;

/** Its methods are called for each row of users and sessions that an event changes, or depends on. */
export interface TouchedUsersVisitor {
  user(userId: UserId): void;
  relation(kind: Relation, userId: UserId, otherId: UserId): void;
  session(sessionId: SessionId): void;
  /** The event touches the count of the user's ended epochs, and each of the user's open sessions. */
  openSessions(userId: UserId): void;
  /** The event touches all sessions of a user, and all relations from and to the user. */
  everythingOf(userId: UserId): void;
}

type Touch<Data> = (visit: TouchedUsersVisitor, data: Data) => void;

const touchUser: Touch<{ readonly userId: UserId }> = (visit, { userId }) => visit.user(userId);
const touchContact: Touch<{ readonly userId: UserId; readonly contactId: UserId }> = (visit, { userId, contactId }) =>
  visit.relation('contacts', userId, contactId);
const touchBlock: Touch<{ readonly userId: UserId; readonly blockedId: UserId }> = (visit, { userId, blockedId }) =>
  visit.relation('blocks', userId, blockedId);
const touchSession: Touch<{ readonly sessionId: SessionId }> = (visit, { sessionId }) => visit.session(sessionId);

const TOUCHED: { readonly [Type in keyof TouchingEvents]: Touch<TouchingEvents[Type]> } = {
  UserRegistered: touchUser,
  EmailVerified: touchUser,
  ProfileChanged: touchUser,
  SettingsChanged: touchUser,
  RoleGranted: touchUser,
  RoleRevoked: touchUser,
  ContactAdded: touchContact,
  ContactRemoved: touchContact,
  UserBlocked: touchBlock,
  UserUnblocked: touchBlock,
  UserErased: (visit, { userId }) => {
    visit.user(userId);
    visit.everythingOf(userId);
  },
  SessionStarted: touchSession,
  SessionRefreshed: touchSession,
  SessionEnded: touchSession,
  SessionsEnded: (visit, { userId }) => visit.openSessions(userId),
};

/** Tells which rows of the `users` projection an event touches: for an engine that reads them before it applies events. */
export const touchUsers = (
  visit: TouchedUsersVisitor,
  { type, data }: { readonly type: string; readonly data: object },
): void => (TOUCHED as Readonly<Record<string, Touch<object> | undefined>>)[type]?.(visit, data);
