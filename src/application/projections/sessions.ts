import type { SessionEvents } from '../../domain/sessions/events.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { Instant } from '../../domain/kernel/ids.js';
import type { Projected, Projector } from './projector.js';
import { changeRow, putNewRow } from './rows.js';
import type { SessionRow, UsersTables } from './users-tables.js';

/** The tables of sessions, and of the epochs at which all sessions of a user were ended. */
export interface SessionWriter {
  start(event: Projected<SessionEvents['SessionStarted']>): void;
  refresh(event: Projected<SessionEvents['SessionRefreshed']>): void;
  end(event: Projected<SessionEvents['SessionEnded']>): void;
  endAll(event: Projected<UserEvents['SessionsEnded']>): void;
}

/** The view of sessions: who is logged in where, and what has ended. */
export const sessions: Projector<
  SessionEvents & Pick<UserEvents, 'SessionsEnded'>,
  { readonly sessions: SessionWriter }
> = {
  name: 'sessions',
  on: {
    SessionStarted: (write, event) => write.sessions.start(event),
    SessionRefreshed: (write, event) => write.sessions.refresh(event),
    SessionEnded: (write, event) => write.sessions.end(event),
    SessionsEnded: (write, event) => write.sessions.endAll(event),
  },
};

const laterOf = (one: Instant, other: Instant): Instant => (one > other ? one : other);

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const sessionRows = ({ sessions, epochs }: UsersTables): SessionWriter => ({
  start: ({ data }) => {
    const { sessionId, userId, device, address, epoch, startedAt, refreshExpiresAt } = data;
    const times = { startedAt, lastUsedAt: startedAt, expiresAt: refreshExpiresAt, endedAt: null };
    putNewRow(sessions, sessionId, { sessionId, userId, device, address, epoch, ...times });
  },
  refresh: ({ data: { sessionId, epoch, refreshedAt, refreshExpiresAt } }) =>
    changeRow(sessions, sessionId, (row) => {
      if (row.epoch > epoch) return row;
      const lastUsedAt = laterOf(row.lastUsedAt, refreshedAt);
      return { ...row, epoch, lastUsedAt, expiresAt: laterOf(row.expiresAt, refreshExpiresAt) };
    }),
  end: ({ data: { sessionId, endedAt } }) =>
    changeRow(sessions, sessionId, (row) => ({ ...row, endedAt: row.endedAt ?? endedAt })),
  endAll: ({ data: { userId, epoch, exceptSessionId, endedAt } }) => {
    if ((epochs.get(userId)?.epoch ?? -1) >= epoch) return;
    epochs.set(userId, { userId, epoch, exceptSessionId, endedAt });
    const isEnded = (row: SessionRow) =>
      row.userId === userId && row.epoch < epoch && row.sessionId !== exceptSessionId;
    for (const [key, row] of sessions) if (isEnded(row)) sessions.set(key, { ...row, endedAt: row.endedAt ?? endedAt });
  },
});
