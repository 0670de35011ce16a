import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import {
  NotStoppedError,
  UnknownProjectionError,
  type ProjectionOperations,
  type RebuildProgress,
  type Redriven,
  type Verification,
  type VerifyProgress,
} from '../../application/ports/projection-operations.js';
import type { Projection } from '../../application/projections/projector.js';
import { mailProjection, messagesProjection, usersProjection } from '../../application/projections/registry.js';
import { RESUME } from '../projections/checkpoint.sql.js';
import { parkedEvents, projectionStatus } from '../projections/projection-status.js';
import type { ReadModel } from '../projections/read-model.js';
import { rebuildProjection } from '../projections/rebuild.js';
import { verifyProjection, type VerifyParts } from '../projections/verify.js';
import { redriveProjection } from '../projections/redrive.js';
import { createMailReadModel } from '../read-models/postgres/mail-outbox.js';
import { createMessagesReadModel } from '../read-models/postgres/messages-read-model.js';
import { usersReadModel } from '../read-models/postgres/users-read-model.js';

type OnProgress = (progress: RebuildProgress) => void;

interface Operated {
  readonly rebuild: (onProgress: OnProgress) => Promise<void>;
  readonly redrive: (onProgress: OnProgress) => Promise<Redriven>;
  readonly verify: (onProgress: (progress: VerifyProgress) => void) => Promise<Verification>;
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

/** One projection, its kind of writers known here alone. */
const operated = <Writers>(
  pool: pg.Pool,
  events: EventStore,
  projection: Projection<Writers>,
  readModel: ReadModel<Writers>,
): Operated => {
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
    if (projection.redrivenBy === 'applying') return redriveProjection({ pool, events, projection, readModel });
    const before = (await parkedEvents(pool, projection.name)).length;
    await rebuild(onProgress);
    const stillParked = (await parkedEvents(pool, projection.name)).length;
    return { applied: Math.max(0, before - stillParked), stillParked };
  };
  const verify = verification({ pool, events, projection, readModel });
  return { rebuild, redrive, verify };
};

/** What who runs the server does with the projections in PostgreSQL. */
export const createProjectionOperations = (pool: pg.Pool, events: EventStore): ProjectionOperations => {
  const all = new Map<string, Operated>([
    [usersProjection.name, operated(pool, events, usersProjection, usersReadModel)],
    [messagesProjection.name, operated(pool, events, messagesProjection, createMessagesReadModel(ignored))],
    [mailProjection.name, operated(pool, events, mailProjection, createMailReadModel(ignored))],
  ]);
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
    resume: async (name) => {
      require(name);
      const { rowCount } = await pool.query(RESUME, [name]);
      if (rowCount === 0) throw new NotStoppedError(`projection ${name} has not stopped`);
    },
    redrive: async (name, onProgress) => require(name).redrive(onProgress),
  };
};
