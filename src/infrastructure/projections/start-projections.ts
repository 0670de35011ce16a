import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { StoredLog } from '../event-store/stored-log.js';
import type { AnnouncedProgress } from '../../application/projections/announced-progress.js';
import type { Tracing } from '../../application/ports/tracing.js';
import { messagesProjection, searchProjection } from '../../application/projections/registry.js';
import { runProjections } from '../../application/projections/run-projections.js';
import type { Metrics } from '../observability/metrics.js';
import { observeProjections } from '../observability/observe-projections.js';
import { PROBE_SECONDS } from '../postgres/listener.js';
import { createProgressListener } from './postgres/progress-listener.js';
import type { ReleaseStack } from '../release-stack.js';
import type { MessageEngine } from '../stores/message-engine.js';
import { dropUnused } from './postgres/drop-unused.js';
import { registeredProjections } from './registered-projections.js';

export interface ProjectionsParts {
  readonly pool: pg.Pool;
  readonly events: StoredLog;
  readonly engine: Pick<MessageEngine, 'server' | 'generations' | 'onLost'>;
  readonly progress: AnnouncedProgress;
  readonly consumers: Consumers;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly log: Logger;
  readonly releases: ReleaseStack;
  /** Called when a mail was put into the queue. */
  readonly onMail: () => void;
}

const listen = async ({ pool, progress, consumers, log, releases }: ProjectionsParts): Promise<void> => {
  const consumer = consumers.add('projection listener', PROBE_SECONDS);
  const listener = createProgressListener(pool, progress, { alive: () => consumer.alive(), log });
  await listener.open();
  releases.own('projection listener', listener, (it) => it.close());
};

/** What MongoDB keeps is kept in PostgreSQL no more. */
const dropInPostgres = async ({ pool, log }: ProjectionsParts): Promise<void> => {
  for (const { name } of [messagesProjection, searchProjection])
    if (await dropUnused(pool, name))
      log.info({ projection: name }, 'it is kept in MongoDB: PostgreSQL has dropped it');
};

const watchLoad = () => {
  const before = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(before).utilization;
};

/** Runs every projection until it is released. */
export const startProjections = async (parts: ProjectionsParts): Promise<void> => {
  const { pool, events, engine, progress, consumers, metrics, tracing, log, releases, onMail } = parts;
  await listen(parts);
  engine.onLost(() => progress.forget());
  if (engine.server !== undefined) await dropInPostgres(parts);
  const observer = observeProjections(metrics, log);
  const repaired = (name: string, added: number) => {
    observer.repaired(name, added);
    if (added > 0) onMail();
  };
  const ending = new AbortController();
  const { ended } = await runProjections({
    registered: registeredProjections({ pool, events, kept: engine.generations, onMail }),
    events,
    progress,
    consumers,
    tracing,
    observer: { ...observer, repaired },
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
    now: Date.now,
    watchLoad,
    signal: ending.signal,
  });
  releases.own('projections', ending, async (it) => {
    it.abort();
    await ended;
  });
};
