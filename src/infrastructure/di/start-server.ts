import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'inversify';
import type { Logger } from 'pino';
import { includesLoopback } from '../../application/kernel/loopback.js';
import { Consumers } from '../../application/consumers/consumers.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import { destroyErasedKeys } from '../../application/reactors/destroy-keys.js';
import { followSessionEnds } from '../../application/sessions/follow-session-ends.js';
import { secondsAfter } from '../../application/kernel/seconds-after.js';
import type { Config } from '../config.js';
import { createMetrics, type Metrics } from '../observability/metrics.js';
import { StartPhases } from '../observability/start-phases.js';
import { createEndedSessions } from '../read-models/postgres/ended-sessions.js';
import { createErasedKeys } from '../security/erased-keys.js';
import { orAborted } from '../or-aborted.js';
import { ReleaseStack } from '../release-stack.js';
import { containerOf } from './container.js';
import { openDoors } from './open-doors.js';
import { openSignals } from './open-signals.js';
import { openStores } from './open-stores.js';
import { runOperations } from './operations.js';
import { runPurge } from './run-purge.js';
import { runMailer, type RunningMailer } from './run-mailer.js';
import { startProjections } from './start-projections.js';
import { TOKENS } from './tokens.js';
import { versionOf } from './version.js';

/** A server that runs. */
export interface RunningServer {
  readonly port: number;
  /** Where its data is, as text to be shown. */
  readonly place: string;
  /** Whether mails are kept, to be looked at from this machine. */
  readonly hasMailbox: boolean;
  /**
   * Stops everything in reverse order, and goes on when something fails or hangs; what was acknowledged is durable.
   * Answers whether everything has ended in time.
   */
  stop(withinMs: number): Promise<boolean>;
}

const consumersOf = (metrics: Metrics, log: Logger): Consumers =>
  new Consumers({
    now: () => performance.now(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // woken up to end
    onFailed: (consumer, error) => {
      metrics.consumerFailures.inc({ consumer });
      log.error({ err: error, consumer }, 'consumer failed, starting it again');
    },
  });

interface GateParts {
  readonly signal: AbortSignal;
  readonly container: Container;
  readonly consumers: Consumers;
  readonly config: Config;
  readonly releases: ReleaseStack;
}

/** Keeps out whose session has ended; resolves once it knows of all of them. */
const followEnds = async ({ container, consumers, config, releases, signal }: GateParts): Promise<void> => {
  const pool = await container.getAsync(TOKENS.Pool);
  const store = await container.getAsync(TOKENS.EventStore);
  const gate = await container.getAsync(TOKENS.SessionGate);
  const onErased = await container.getAsync(TOKENS.OnErased);
  const clock = await container.getAsync(TOKENS.Clock);
  const ending = new AbortController();
  const since = secondsAfter(clock(), -config.ACCESS_TOKEN_TTL);
  const known = new Promise<void>((resolve) => {
    const follow = followSessionEnds({ gate, onErased }, { store, ended: createEndedSessions(pool), since }, resolve);
    void consumers.run('session gate', ending.signal, follow);
    releases.own('session gate', ending, (it) => it.abort());
  });
  await orAborted(known, signal);
};

interface StartParts {
  readonly config: Config;
  readonly log: Logger;
  /** Told when a part has failed for good. */
  readonly onFailure: (error: unknown) => void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
}

const start = async ({ config, log, onFailure, signal }: StartParts, releases: ReleaseStack) => {
  const phases = new StartPhases(signal);
  phases.end('modules');
  const metrics = createMetrics();
  const consumers = consumersOf(metrics, log);
  const stores = await openStores(config, { log, releases, metrics, consumers, phases, onFailure, signal });
  const { pool, events, place, masterKeys } = stores;
  const container = containerOf(config, { ...stores, log });
  container.bind(TOKENS.Metrics).toConstantValue(metrics);
  container.bind(TOKENS.Signals).toConstantValue(await openSignals({ pool, consumers, log, releases }));
  phases.end('signals');
  const progress = await container.getAsync(TOKENS.Progress);
  const sequences = await container.getAsync(TOKENS.Sequences);
  const mailer: { running?: RunningMailer } = {};
  const onMail = () => mailer.running?.wake();
  await startProjections({ pool, events, progress, sequences, consumers, metrics, log, releases, onMail });
  // The first query must find its tables.
  await orAborted(Promise.all(PROJECTIONS.map(({ name }) => progress.untilRunning(name))), signal);
  phases.end('projections');
  await followEnds({ container, consumers, config, releases, signal });
  phases.end('session gate');
  const erasing = new AbortController();
  void consumers.run('key destruction', erasing.signal, destroyErasedKeys(events, createErasedKeys(pool)));
  releases.own('key destruction', erasing, (it) => it.abort());

  const publicUrl = config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`;
  const tickets = await container.getAsync(TOKENS.Tickets);
  mailer.running = runMailer(config, publicUrl, { pool, tickets, consumers, metrics, log, releases });
  const { mailbox } = mailer.running;
  const operations = await runOperations({
    pool,
    events,
    progress,
    consumers,
    metrics,
    masterKeys,
    config,
    log,
    releases,
  });
  runPurge({ pool, log, releases });
  const version = await versionOf();
  const doors = { container, consumers, config, log, releases, operations, publicUrl, version, mailbox };
  const { port } = await openDoors(doors);
  phases.end('doors');
  log.debug({ milliseconds: phases.milliseconds }, 'started');
  return { port, place, hasMailbox: mailbox !== undefined && includesLoopback(config.HOST) };
};

/**
 * Starts everything: database, projections, session gate, mailer, doors. What fails on the way releases what was there.
 * A start that the signal has ended can be stopped, which releases what it has acquired, and is nothing else.
 */
export const startServer = async (parts: StartParts): Promise<RunningServer | Pick<RunningServer, 'stop'>> => {
  const { config, log, signal } = parts;
  const releases = new ReleaseStack((name, error) => log.error({ err: error, name }, 'could not be released'));
  const stop = (withinMs: number) => releases.releaseAll(withinMs);
  try {
    return { ...(await start(parts, releases)), stop };
  } catch (error) {
    if (signal.aborted) return { stop };
    await stop(config.SHUTDOWN_TIMEOUT * 1_000);
    throw error;
  }
};
