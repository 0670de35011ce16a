import type pg from 'pg';
import { ownerOf } from '../../postgres/owner-of.js';
import type { RunningPrograms } from '../running-programs.js';
import { PROGRESS_CHANNEL } from './checkpoint.sql.js';

const IS_LISTENING = `
  select from log.listeners l join pg_stat_activity a on a.pid = l.pid where l.channel = $1 and l.owner = $2`;

/** Tells which servers are running by who listens to the progress of projections: the session of a killed one ends at once. */
export const listeningPrograms = (pool: pg.Pool): RunningPrograms => ({
  own: ownerOf(pool.options),
  hasEnded: async (program) => (await pool.query(IS_LISTENING, [PROGRESS_CHANNEL, program])).rowCount === 0,
});
