import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import {
  NotStoppedError,
  UnknownProjectionError,
  type ProjectionOperations,
  type RebuildProgress,
  type RecentComparison,
  type Redriven,
  type Verification,
  type VerifyProgress,
} from '../../application/ports/projection-operations.js';
import { RESUME } from '../projections/postgres/checkpoint.sql.js';
import { compareRecent, type CompareRecentParts } from '../projections/compare-recent.js';
import { mendFromLog } from '../projections/mend-from-log.js';
import { parkedEvents, projectionStatus } from '../projections/postgres/projection-status.js';
import { rebuildProjection } from '../projections/rebuild.js';
import { verifyProjection, type VerifyParts } from '../projections/verify.js';
import { redriveProjection } from '../projections/redrive.js';
import { registeredProjections, type RegisteredProjection } from './registered-projections.js';

type OnProgress = (progress: RebuildProgress) => void;

interface Operated {
  readonly rebuild: (onProgress: OnProgress) => Promise<void>;
  readonly redrive: (onProgress: OnProgress) => Promise<Redriven>;
  readonly verify: (onProgress: (progress: VerifyProgress) => void) => Promise<Verification>;
  readonly compareRecent: () => Promise<RecentComparison>;
}

const ignored = () => undefined;

/** Compares one projection with the log. */
const verification =
  <Writers>(parts: Omit<VerifyParts<Writers>, 'onEvents' | 'onTable'>): Operated['verify'] =>
  async (onProgress) => {
    const { name, rebuildable } = parts.projection;
    const head = await parts.events.head();
    let done = 0;
    const { position, tables } = await verifyProjection({
      ...parts,
      onEvents: (reached, count) => {
        done += count;
        onProgress({ events: done, position: reached, head });
      },
      onTable: (table) => onProgress({ table }),
    });
    const parked = (await parkedEvents(parts.pool, name)).length;
    const isRight = parked === 0 && tables.every(({ difference }) => difference === null);
    const verb = parked > 0 || !rebuildable ? 'redrive' : 'rebuild';
    return { name, position, parked, tables, isRight, mend: isRight ? null : `chatapp projections ${verb} ${name}` };
  };

/** Compares one projection with the newest part of the log. */
const recentComparison =
  <Writers>(parts: CompareRecentParts<Writers>): Operated['compareRecent'] =>
  async () => {
    const { name, rebuildable } = parts.projection;
    const { events, problems } = await compareRecent(parts);
    const [first = null] = problems;
    const mend = first === null ? null : `chatapp projections ${rebuildable ? 'rebuild' : 'redrive'} ${name}`;
    return { name, events, differences: problems.length, first, mend };
  };

type OperatedParts<Writers> = RegisteredProjection<Writers> & { readonly pool: pg.Pool; readonly events: EventStore };

/** Adds what is missing, then makes rows what the log says; answers how many. */
const mendRows = async <Writers>(parts: OperatedParts<Writers>): Promise<number> => {
  const { mending } = parts;
  if (!mending) return 0;
  const added = await mending.addMissed({
    onFailed: (_, error) => {
      throw error;
    },
  });
  return added + (await mendFromLog({ ...parts, onEvents: ignored }, mending.statementsFor));
};

/** One projection, its kind of writers known here alone. */
const operated = <Writers>(parts: OperatedParts<Writers>): Operated => {
  const { pool, events, projection, readModel } = parts;
  const rebuild = async (onProgress: OnProgress): Promise<void> => {
    const head = await events.head();
    let done = 0;
    const pause = (milliseconds: number) => sleep(milliseconds);
    const failures: unknown[] = [];
    const observer = {
      advanced: (position: RebuildProgress['position'], count: number) => {
        done += count;
        onProgress({ events: done, position, head });
      },
      parked: ignored, // they are listed afterwards
      retrying: (error: unknown) => failures.push(error),
    };
    const { signal } = new AbortController();
    await rebuildProjection({ pool, events, projection, readModel, observer, signal, sleep: pause });
  };
  const redrive = async (onProgress: OnProgress): Promise<Redriven> => {
    if (projection.redrivenBy === 'applying') {
      const { applied, stillParked } = await redriveProjection(parts);
      return { applied: applied + (await mendRows(parts)), stillParked };
    }
    const before = (await parkedEvents(pool, projection.name)).length;
    await rebuild(onProgress);
    const stillParked = (await parkedEvents(pool, projection.name)).length;
    return { applied: Math.max(0, before - stillParked), stillParked };
  };
  return { rebuild, redrive, verify: verification(parts), compareRecent: recentComparison(parts) };
};

/** What who runs the server does with the projections in PostgreSQL. */
export const createProjectionOperations = (pool: pg.Pool, events: EventStore): ProjectionOperations => {
  const registered = registeredProjections({ pool, events, onSequenced: ignored, onMail: ignored });
  const all = new Map<string, Operated>(
    registered.map((each) => each((parts) => [parts.projection.name, operated({ pool, events, ...parts })])),
  );
  const require = (name: string): Operated => {
    const found = all.get(name);
    if (!found)
      throw new UnknownProjectionError(`there is no projection ${name}: take one of ${[...all.keys()].join(', ')}`);
    return found;
  };
  return {
    list: () => projectionStatus(pool),
    parked: async (name) => {
      if (name !== undefined) require(name);
      return parkedEvents(pool, name);
    },
    rebuild: async (name, onProgress) => require(name).rebuild(onProgress),
    verify: async (name, onProgress) => {
      const chosen = name === undefined ? [...all.keys()] : [name];
      const verifications: Verification[] = [];
      for (const each of chosen)
        verifications.push(await require(each).verify((progress) => onProgress(each, progress)));
      return verifications;
    },
    compareRecent: async () => {
      const comparisons: RecentComparison[] = [];
      for (const each of all.values()) comparisons.push(await each.compareRecent());
      return comparisons;
    },
    resume: async (name) => {
      require(name);
      const { rowCount } = await pool.query(RESUME, [name]);
      if (rowCount === 0) throw new NotStoppedError(`projection ${name} has not stopped`);
    },
    redrive: async (name, onProgress) => require(name).redrive(onProgress),
  };
};
