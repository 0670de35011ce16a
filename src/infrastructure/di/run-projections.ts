import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumer } from '../../application/consumers/consumer.js';
import type { Consumers, Work } from '../../application/consumers/consumers.js';
import type { EventStore } from '../../application/ports/event-store.js';
import { handledTypes } from '../../application/projections/projector.js';
import { runProjection, type ProjectionObserver } from '../../application/projections/runner.js';
import type { Position } from '../../domain/kernel/ids.js';
import type { Metrics } from '../observability/metrics.js';
import { PostgresListener, PROBE_SECONDS } from '../postgres/listener.js';
import { PROGRESS_CHANNEL } from '../projections/postgres/checkpoint.sql.js';
import { dropLeftovers } from '../projections/postgres/drop-leftovers.js';
import { checkpointOf, confirmVersion, isOutdated, prepareGeneration } from '../projections/postgres/generations.js';
import { PostgresProjectionStore } from '../projections/postgres/postgres-projection-store.js';
import type { AnnouncedProgress } from '../projections/projection-progress.js';
import { inTurn, rebuildProjection } from '../projections/rebuild.js';
import type { RecentSequences } from '../read-models/postgres/projected-messages.js';
import type { ReleaseStack } from '../release-stack.js';
import { registeredProjections, type Mending, type RegisteredProjection } from './registered-projections.js';

export interface ProjectionsParts {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly progress: AnnouncedProgress;
  readonly sequences: RecentSequences;
  readonly consumers: Consumers;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly releases: ReleaseStack;
  /** Called when a mail was put into the queue. */
  readonly onMail: () => void;
}

const REBUILD_LOGGED_EVERY = 20_000;

const observerOf = (
  name: string,
  { progress, metrics, log }: ProjectionsParts,
  consumer: Consumer,
): ProjectionObserver => ({
  alive: () => consumer.alive(),
  advanced: (position, events) => {
    metrics.projectionPosition.set({ projection: name }, Number(position));
    if (events > 0) metrics.projectedEvents.inc({ projection: name }, events);
    progress.announce(name, position);
  },
  parked: ({ position, type, streamId }, reason) => {
    metrics.parkedEvents.inc({ projection: name });
    log.error({ projection: name, position, type, streamId, reason }, 'event parked');
  },
  stopped: (reason) => {
    const mend = `chatapp projections verify ${name}`;
    log.fatal({ projection: name, reason, mend }, 'projection stopped: going on would write wrong rows');
  },
  retrying: (error) => log.warn({ err: error, projection: name }, 'projection failed, trying again'),
});

/** Tells how a rebuild comes along; nobody waits for it yet. */
const rebuildObserver = (name: string, { log }: ProjectionsParts, consumer: Consumer): ProjectionObserver => {
  let events = 0;
  let logged = 0;
  return {
    alive: () => consumer.alive(),
    advanced: (position, count) => {
      events += count;
      if (events - logged < REBUILD_LOGGED_EVERY) return;
      logged = events;
      log.info({ projection: name, position, events }, 'rebuilding');
    },
    parked: ({ position, type }, reason) => log.error({ projection: name, position, type, reason }, 'event parked'),
    retrying: (error) => log.warn({ err: error, projection: name }, 'rebuild failed, trying again'),
  };
};

const prepare = async <Writers>(
  { pool }: ProjectionsParts,
  { projection, readModel }: RegisteredProjection<Writers>,
): Promise<void> => {
  const client = await pool.connect();
  await prepareGeneration(client, projection, readModel).finally(() => client.release());
  await dropLeftovers(pool, projection.name);
};

const bringUpToDate = async <Writers>(
  parts: ProjectionsParts,
  { projection, readModel, mending }: RegisteredProjection<Writers>,
  consumer: Consumer,
  signal: AbortSignal,
): Promise<void> => {
  const { pool, events, log } = parts;
  const { name, version } = projection;
  const isNeeded = () => isOutdated(pool, projection);
  if (mending) {
    log.info({ projection: name, version }, 'read models are of another version, mending them');
    await inTurn(pool, name, signal, async (client) => {
      if (!(await isNeeded())) return;
      await addMissed(parts, name, mending, signal);
      await confirmVersion(client, projection);
    });
    return;
  }
  log.info({ projection: name, version }, 'read models are of another version, rebuilding');
  const observer = rebuildObserver(name, parts, consumer);
  const pause = pauseUntil(signal);
  await rebuildProjection({ pool, events, projection, readModel, observer, signal, sleep: pause }, isNeeded);
};

/** What the projection has passed over while it was of an older version: it cannot be rebuilt. */
const addMissed = async (
  { log, onMail }: ProjectionsParts,
  projection: string,
  mending: Mending,
  signal: AbortSignal,
): Promise<void> => {
  const added = await mending.addMissed({
    signal,
    onFailed: ({ position, streamId }, error) =>
      log.error({ err: error, projection, position, streamId }, 'what was passed over could not be added'),
  });
  log.info({ projection, added }, 'what was passed over is added');
  if (added > 0) onMail();
};

const pauseUntil = (signal: AbortSignal) => (milliseconds: number) =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined); // woken up to end

/** Brings the tables to this program's version, then projects. */
const run =
  <Writers>(parts: ProjectionsParts, each: RegisteredProjection<Writers>): Work =>
  async (consumer, signal) => {
    const { pool, events, progress } = parts;
    const { projection, readModel } = each;
    const { name } = projection;
    if (await isOutdated(pool, projection)) await bringUpToDate(parts, each, consumer, signal);
    const stopWatching = progress.onAdvance(name, (position) => consumer.moved(position));
    try {
      // Another node may run it: its tables are there all the same.
      progress.announce(name, await checkpointOf(pool, name));
      const store = new PostgresProjectionStore({ config: pool.options, projection, readModel, schema: name });
      const observer = observerOf(name, parts, consumer);
      await runProjection({
        events,
        store,
        types: handledTypes(projection),
        observer,
        signal,
        sleep: pauseUntil(signal),
      });
    } finally {
      stopWatching();
    }
  };

/** Hears how far projections have come that other nodes run. */
const listen = async ({ pool, progress, consumers, log, releases }: ProjectionsParts): Promise<void> => {
  const consumer = consumers.add('projection listener', PROBE_SECONDS);
  const listener = new PostgresListener({
    config: pool.options,
    channel: PROGRESS_CHANNEL,
    onNotify: (payload) => {
      const [name = '', position = '0'] = payload.split(' ');
      progress.announce(name, position as Position);
    },
    onReconnect: () => undefined, // the next announcement tells everything
    alive: () => consumer.alive(),
    log,
  });
  await listener.open();
  releases.own('projection listener', listener, (it) => it.close());
};

/** Runs every projection until it is released. */
export const runProjections = async (parts: ProjectionsParts): Promise<void> => {
  const { consumers, sequences, releases, onMail } = parts;
  await listen(parts);
  const ending = new AbortController();
  const start = <Writers>(each: RegisteredProjection<Writers>): Promise<void> =>
    consumers.run(`projection ${each.projection.name}`, ending.signal, run(parts, each));
  const { pool, events } = parts;
  const all = registeredProjections({ pool, events, onSequenced: (given) => sequences.remember(given), onMail });
  for (const each of all) await each((registered) => prepare(parts, registered));
  const running = all.map((each) => each(start));
  releases.own('projections', ending, async (it) => {
    it.abort();
    await Promise.all(running);
  });
};
