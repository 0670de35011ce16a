import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumer } from '../../application/consumers/consumer.js';
import type { Consumers, Work } from '../../application/consumers/consumers.js';
import { queueMissedMails } from '../../application/reactors/queue-missed-mails.js';
import type { EventStore } from '../../application/ports/event-store.js';
import { handledTypes, type Projection } from '../../application/projections/projector.js';
import { mailProjection, messagesProjection, usersProjection } from '../../application/projections/registry.js';
import { runProjection, type ProjectionObserver } from '../../application/projections/runner.js';
import type { Position } from '../../domain/kernel/ids.js';
import type { Metrics } from '../observability/metrics.js';
import { PostgresListener, PROBE_SECONDS } from '../postgres/listener.js';
import { PROGRESS_CHANNEL } from '../projections/checkpoint.sql.js';
import { dropLeftovers } from '../projections/drop-leftovers.js';
import { checkpointOf, confirmVersion, isOutdated, prepareGeneration } from '../projections/generations.js';
import { PostgresProjectionStore } from '../projections/postgres-projection-store.js';
import type { AnnouncedProgress } from '../projections/projection-progress.js';
import type { ReadModel } from '../projections/read-model.js';
import { inTurn, rebuildProjection } from '../projections/rebuild.js';
import { createMissedMails } from '../read-models/postgres/missed-mails.js';
import { systemClock } from '../system-clock.js';
import { createMailReadModel } from '../read-models/postgres/mail-outbox.js';
import { createMessagesReadModel } from '../read-models/postgres/messages-read-model.js';
import type { RecentSequences } from '../read-models/postgres/projected-messages.js';
import { usersReadModel } from '../read-models/postgres/users-read-model.js';
import type { ReleaseStack } from '../release-stack.js';

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

interface Run<Writers> {
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  /** Brings the tables up to date where they are of an older version; by default they are rebuilt. */
  readonly mend?: (signal: AbortSignal) => Promise<void>;
}

const prepare = async <Writers>({ pool }: ProjectionsParts, { projection, readModel }: Run<Writers>): Promise<void> => {
  const client = await pool.connect();
  await prepareGeneration(client, projection, readModel).finally(() => client.release());
  await dropLeftovers(pool, projection.name);
};

const bringUpToDate = async <Writers>(
  parts: ProjectionsParts,
  { projection, readModel, mend }: Run<Writers>,
  consumer: Consumer,
  signal: AbortSignal,
): Promise<void> => {
  const { pool, events, log } = parts;
  const { name, version } = projection;
  const isNeeded = () => isOutdated(pool, projection);
  if (mend) {
    log.info({ projection: name, version }, 'read models are of another version, mending them');
    await inTurn(pool, name, signal, async (client) => {
      if (!(await isNeeded())) return;
      await mend(signal);
      await confirmVersion(client, projection);
    });
    return;
  }
  log.info({ projection: name, version }, 'read models are of another version, rebuilding');
  const observer = rebuildObserver(name, parts, consumer);
  const pause = pauseUntil(signal);
  await rebuildProjection({ pool, events, projection, readModel, observer, signal, sleep: pause }, isNeeded);
};

/** What mails the queue has passed over while it was of an older version: it cannot be rebuilt. */
const mendMail = async ({ pool, events, log, onMail }: ProjectionsParts, signal: AbortSignal): Promise<void> => {
  const queued = await queueMissedMails({
    store: events,
    mails: createMissedMails(pool),
    now: systemClock,
    signal,
    onFailed: ({ position, streamId }, error) =>
      log.error({ err: error, position, streamId }, 'a mail that was passed over could not be queued'),
  });
  log.info({ mails: queued }, 'mails that were passed over are queued');
  if (queued > 0) onMail();
};

const pauseUntil = (signal: AbortSignal) => (milliseconds: number) =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined); // woken up to end

/** Brings the tables to this program's version, then projects. */
const run =
  <Writers>(parts: ProjectionsParts, each: Run<Writers>): Work =>
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
  const start = <Writers>(each: Run<Writers>): Promise<void> =>
    consumers.run(`projection ${each.projection.name}`, ending.signal, run(parts, each));
  const users = { projection: usersProjection, readModel: usersReadModel };
  const messages = {
    projection: messagesProjection,
    readModel: createMessagesReadModel((given) => sequences.remember(given)),
  };
  const mail = {
    projection: mailProjection,
    readModel: createMailReadModel(onMail),
    mend: (signal: AbortSignal) => mendMail(parts, signal),
  };
  await prepare(parts, users);
  await prepare(parts, messages);
  await prepare(parts, mail);
  const running = [start(users), start(messages), start(mail)];
  releases.own('projections', ending, async (it) => {
    it.abort();
    await Promise.all(running);
  });
};
