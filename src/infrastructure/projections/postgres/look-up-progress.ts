import type pg from 'pg';
import { handledTypes } from '../../../application/projections/projector.js';
import type { Position } from '../../../domain/kernel/ids.js';
import type { LookUpProgress } from '../../../application/projections/announced-progress.js';

/** The last position, up to the one given and the last in the log, before an event that the projection has yet to take. */
const REACHED = {
  name: 'projections.reached',
  text: `
    select least(
             $2::bigint,
             (select coalesce(max(position), 0) from log.events),
             (select min(e.position) - 1 from log.events e
               where e.position > c.position and e.position <= $2::bigint and e.type = any ($3)))::text as reached
      from projections.checkpoints c
     where c.name = $1`,
};

/** Looks up how far projections have come, whoever runs them. */
export const lookUpProgress = (
  pool: pg.Pool,
  projections: readonly (Parameters<typeof handledTypes>[0] & { readonly name: string })[],
): LookUpProgress => {
  const types = new Map(projections.map((projection) => [projection.name, handledTypes(projection)]));
  return async (name, position) => {
    const { rows } = await pool.query<{ reached: Position }>({
      ...REACHED,
      values: [name, position, types.get(name) ?? []],
    });
    return rows[0]?.reached ?? null;
  };
};
