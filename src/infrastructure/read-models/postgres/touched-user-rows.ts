import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { Relation } from '../../../application/ports/user-directory.js';
import { touchUsers } from '../../../application/projections/touched-users.js';
import { relationKey } from '../../../application/projections/users-tables.js';
import type { SessionId, UserId } from '../../../domain/kernel/ids.js';

/** Answers what events touch of users and sessions, each once, as the parameters of the query for it. */
export const touchedUserRows = (events: readonly RecordedEvent[]): unknown[][] => {
  const users = new Set<UserId>();
  const relations = new Map<string, readonly [UserId, Relation, UserId]>();
  const sessions = new Set<SessionId>();
  const ended = new Set<UserId>();
  const erased = new Set<UserId>();
  const visit = {
    user: (userId: UserId) => void users.add(userId),
    relation: (kind: Relation, userId: UserId, otherId: UserId) =>
      void relations.set(relationKey(kind, userId, otherId), [userId, kind, otherId]),
    session: (sessionId: SessionId) => void sessions.add(sessionId),
    openSessions: (userId: UserId) => void ended.add(userId),
    everythingOf: (userId: UserId) => void erased.add(userId),
  };
  for (const event of events) touchUsers(visit, event);
  const keys = [...relations.values()];
  return [
    [...users],
    keys.map(([userId]) => userId),
    keys.map(([, kind]) => kind),
    keys.map(([, , otherId]) => otherId),
    [...sessions],
    [...ended],
    [...erased],
  ];
};
