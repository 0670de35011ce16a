import type pg from 'pg';
import type { EndedEpoch, EndedSessions } from '../../../application/ports/ended-sessions.js';
import type { Position, SessionId } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';

const ENDED_SINCE = `
  select session_id as "sessionId" from users.sessions where ended_at >= $1`;
const EPOCHS_SINCE = `
  select user_id as "userId", epoch, except_session_id as "exceptSessionId" from users.session_epochs where ended_at >= $1`;
const PARKED = `
  select position from projections.parked
   where projection = 'users' and type in ('SessionEnded', 'SessionsEnded') order by position`;
const POSITION = `select position from projections.checkpoints where name = 'users'`;

/** Ended sessions in PostgreSQL. */
export const createEndedSessions = (pool: pg.Pool): EndedSessions => ({
  since: async (time) => {
    // The position is read first: a session that ends during the other reads comes again from the log.
    const position = await pool.query<{ position: Position }>(POSITION);
    // Then come the parked events: those that are applied during the rest stand in the rest.
    const parked = await pool.query<{ position: Position }>(PARKED);
    const sessions = await pool.query<{ sessionId: SessionId }>(ENDED_SINCE, [time]);
    const epochs = await pool.query<EndedEpoch>(EPOCHS_SINCE, [time]);
    return {
      position: position.rows[0]?.position ?? LOG_START,
      sessionIds: sessions.rows.map(({ sessionId }) => sessionId),
      epochs: epochs.rows,
      parked: parked.rows.map((row) => row.position),
    };
  },
});
