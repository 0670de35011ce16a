import type pg from 'pg';
import type { PastSession, SessionView, SessionViews } from '../../../application/ports/session-views.js';

const COLUMNS = `session_id as "sessionId", device, address, started_at as "createdAt", last_used_at as "lastUsedAt"`;

const OPEN = {
  name: 'users.open_sessions',
  text: `select ${COLUMNS} from users.sessions
          where user_id = $1 and ended_at is null and expires_at > $2 order by last_used_at desc, session_id`,
};
const ALL = {
  name: 'users.all_sessions',
  text: `select ${COLUMNS}, ended_at as "endedAt" from users.sessions where user_id = $1 order by started_at desc, session_id`,
};

/** Sessions in PostgreSQL. */
export const createSessionViews = (pool: pg.Pool): SessionViews => ({
  open: async (userId, now) => (await pool.query<SessionView>({ ...OPEN, values: [userId, now] })).rows,
  all: async (userId) => (await pool.query<PastSession>({ ...ALL, values: [userId] })).rows,
});
