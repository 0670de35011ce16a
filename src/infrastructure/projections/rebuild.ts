import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import { BrokenSequenceError } from '../../application/ports/projection-store.js';
import { NotRebuildableError } from '../../application/ports/projection-operations.js';
import { handledTypes, type Projection } from '../../application/projections/projector.js';
import { runProjection, type ProjectionObserver } from '../../application/projections/runner.js';
import { untimed } from '../postgres/session.js';
import { untilLocked } from '../postgres/until-locked.js';
import { beginGeneration, rebuildSchema, switchGeneration } from './postgres/generations.js';
import { PostgresProjectionStore } from './postgres/postgres-projection-store.js';
import type { ReadModel } from './postgres/read-model.js';

export interface RebuildParts<Writers> {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  readonly observer: ProjectionObserver;
  /** Ends it before its time: the old generation then stays. */
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const SWITCH_AGAIN_MS = 200;

/** Projects up to the end of the log. */
const catchUp = async <Writers>(parts: RebuildParts<Writers>): Promise<void> => {
  const { pool, events, projection, readModel, observer, sleep } = parts;
  const schema = rebuildSchema(projection.name);
  const store = new PostgresProjectionStore({ config: pool.options, projection, readModel, schema });
  const reached = new AbortController();
  const signal = AbortSignal.any([parts.signal, reached.signal]);
  const types = handledTypes(projection);
  const broken: string[] = [];
  const stopped = (reason: string) => {
    broken.push(reason);
    reached.abort();
  };
  await runProjection({
    events,
    store,
    types,
    observer: { ...observer, stopped, caughtUp: () => reached.abort() },
    signal,
    sleep,
  });
  if (broken[0] !== undefined) throw new BrokenSequenceError(broken[0]);
};

export const TRY_LOCK = `select pg_try_advisory_lock(hashtext('chatapp rebuild ' || $1)) as locked`;
export const UNLOCK = `select pg_advisory_unlock(hashtext('chatapp rebuild ' || $1))`;

/**
 * Nodes that bring the same projection up to date wait for each other: a new beginning would throw away what another
 * fills. The signal ends the wait.
 */
export const inTurn = async <Result>(
  pool: pg.Pool,
  name: string,
  signal: AbortSignal,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> => {
  const client = await pool.connect();
  try {
    const result = await untimed(client, async () => {
      await untilLocked(client, { text: TRY_LOCK, values: [name] }, signal);
      const done = await work(client);
      await client.query(UNLOCK, [name]);
      return done;
    });
    client.release();
    return result;
  } catch (error) {
    client.release(true); // with the connection goes its lock
    throw error;
  }
};

/**
 * Fills a new generation beside the one in use, and switches to it when it has caught up. The service runs all the while.
 * `isNeeded` is asked when it is this node's turn: another may have done it meanwhile.
 */
export const rebuildProjection = async <Writers>(
  parts: RebuildParts<Writers>,
  isNeeded: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> => {
  const { pool, projection, readModel } = parts;
  if (!projection.rebuildable)
    throw new NotRebuildableError(
      `projection ${projection.name} cannot be rebuilt: what the outside world was told would be told again`,
    );
  await inTurn(pool, projection.name, parts.signal, async (client) => {
    if (!(await isNeeded())) return;
    await beginGeneration(client, rebuildSchema(projection.name), projection, readModel);
    await catchUp(parts);
    // The old one may have come further meanwhile, or is being read.
    while (!parts.signal.aborted && !(await switchGeneration(client, projection.name))) {
      await parts.sleep(SWITCH_AGAIN_MS);
      await catchUp(parts);
    }
  });
};
