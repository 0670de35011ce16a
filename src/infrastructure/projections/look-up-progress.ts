import type pg from 'pg';
import { handledTypes } from '../../application/projections/projector.js';
import type { LookUpProgress } from './projection-progress.js';

/** Nothing that the projection is made from stands between its checkpoint and the position, which is in the log. */
const HAS_REACHED = {
  name: 'projections.has_reached',
  text: `
    select exists (
      select from projections.checkpoints c
       where c.name = $1 and $2::bigint <= (select max(position) from log.events)
         and not exists (select from log.events e
                          where e.position > c.position and e.position <= $2::bigint and e.type = any ($3))) as reached`,
};

/** Looks up how far projections have come, whoever runs them. */
export const lookUpProgress = (
  pool: pg.Pool,
  projections: readonly (Parameters<typeof handledTypes>[0] & { readonly name: string })[],
): LookUpProgress => {
  const types = new Map(projections.map((projection) => [projection.name, handledTypes(projection)]));
  return async (name, position) => {
    const { rows } = await pool.query<{ reached: boolean }>({
      ...HAS_REACHED,
      values: [name, position, types.get(name) ?? []],
    });
    return rows[0]?.reached ?? false;
  };
};
