import type pg from 'pg';
import type { ParkedRow, ProjectionStatus } from '../../../application/ports/projection-operations.js';
import type { ProjectionStatuses } from '../../../application/ports/projection-statuses.js';
import { RESUME } from './checkpoint.sql.js';
import { findCheckpoint } from './generations.js';

const STATUS = `
  select c.name, c.version, c.position,
         coalesce(c.lease_until > now(), false) as running,
         (select count(*)::integer from projections.parked p where p.projection = c.name) as parked,
         (select s.reason from projections.stopped s where s.projection = c.name) as stopped
    from projections.checkpoints c order by c.name`;

const PARKED = `
  select projection, position, stream_id as "streamId", event_id as "eventId", type, reason, parked_at as "parkedAt"
    from projections.parked where $1::text is null or projection = $1 order by projection, position`;

/** Lists the parked events of one projection, or of all. */
export const parkedEvents = async (pool: pg.Pool | pg.ClientBase, projection?: string): Promise<ParkedRow[]> =>
  (await pool.query<ParkedRow>(PARKED, [projection ?? null])).rows;

/** Answers the state of the projections in PostgreSQL. */
export const createProjectionStatuses = (pool: pg.Pool): ProjectionStatuses => ({
  list: async () => (await pool.query<Omit<ProjectionStatus, 'behind'>>(STATUS)).rows,
  checkpoint: (name) => findCheckpoint(pool, name),
  parked: (name) => parkedEvents(pool, name),
  resume: async (name) => (await pool.query(RESUME, [name])).rowCount !== 0,
});
