import type pg from 'pg';
import type { ProjectionGenerations, RecentProblem } from '../../../application/ports/projection-generations.js';
import { checkpointOf } from './generations.js';
import { parkedEvents } from './projection-statuses.js';
import type { ReadModel } from './read-model.js';

/** Asks the tables in use what the newest events have left there, all in one snapshot. */
export const findProblems = async (
  pool: pg.Pool,
  name: string,
  readModel: Pick<ReadModel<never>, 'recent'>,
  recent: Parameters<ProjectionGenerations['findProblems']>[0],
): Promise<readonly RecentProblem[]> => {
  const snapshot = await pool.connect();
  try {
    await snapshot.query('begin isolation level repeatable read read only');
    const to = await checkpointOf(snapshot, name);
    const parked = new Set((await parkedEvents(snapshot, name)).map(({ position }) => position));
    const newest = await recent(to, parked);
    const problems: RecentProblem[] = [];
    for (const { text, values } of newest ? readModel.recent(newest) : [])
      problems.push(...(await snapshot.query<RecentProblem>(text, [...values])).rows);
    await snapshot.query('rollback');
    snapshot.release();
    return problems;
  } catch (error) {
    snapshot.release(true);
    throw error;
  }
};
