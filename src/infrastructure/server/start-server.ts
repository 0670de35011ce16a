import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Consumers } from '../../application/consumers/consumers.js';
import { includesLoopback } from '../../application/kernel/loopback.js';
import { dropLeftovers } from '../../application/projections/drop-leftovers.js';
import { publicUrlOf, type Config } from '../config.js';
import { createApplication } from '../di/create-application.js';
import { runLimitClearing } from '../limits/clear-limits.js';
import { limitersInPostgres } from '../limits/postgres-limiters.js';
import { registeredProjections } from '../projections/registered-projections.js';
import { startProjections } from '../projections/start-projections.js';
import { runMailer, type RunningMailer } from '../mail/run-mailer.js';
import { createMailOutbox } from '../read-models/postgres/mail-outbox.js';
import { createMetrics, type Metrics } from '../observability/metrics.js';
import { runOperations } from '../observability/operations.js';
import { openTracing } from '../observability/tracing/open-tracing.js';
import { CommandTracing } from '../observability/tracing/command-tracing.js';
import { StartPhases } from '../observability/start-phases.js';
import { ReleaseStack } from '../release-stack.js';
import { runPurge } from '../security/run-purge.js';
import { openSignals } from '../signals/open-signals.js';
import { openStores } from '../stores/open-stores.js';
import { versionOf } from '../version.js';
import { createLogTree } from '../audit/postgres-log-tree.js';
import { createWitnessStates } from '../audit/witness-states.js';
import { runAuditCheckpoints } from './run-audit-checkpoints.js';
import { runAuditWitnesses } from './run-audit-witnesses.js';
import { runAuditTree } from './run-audit-tree.js';
import { openInterfaces } from './open-interfaces.js';
import { runKeyDestruction } from './run-key-destruction.js';
import { runMedia } from './run-media.js';
import { runRetention } from './run-retention.js';
import { runSessionDenylist } from './run-session-denylist.js';
import type { ServerParts } from './server-parts.js';
import { untilReadable } from './until-readable.js';

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

interface StartParts {
  readonly config: Config;
  readonly log: Logger;
  /** Called when a part has failed for good. */
  readonly onFailure: (error: unknown) => void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
}

const consumersOf = (metrics: Metrics, log: Logger): Consumers =>
  new Consumers({
    now: () => performance.now(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
    onFailed: (consumer, error) => {
      metrics.consumerFailures.inc({ consumer });
      log.error({ err: error, consumer }, 'consumer failed, starting it again');
    },
  });

/** Opens the stores and the signals, and makes the application of them. */
const openParts = async ({ config, log, onFailure, signal }: StartParts, releases: ReleaseStack) => {
  const phases = new StartPhases(signal);
  phases.end('modules');
  const metrics = createMetrics();
  const consumers = consumersOf(metrics, log);
  const tracing = await openTracing(config, { log, releases });
  const commandTracing = new CommandTracing(tracing);
  const isStarting = () => phases.areUnderWay;
  const shared = { log, releases, metrics, commandTracing, consumers, phases, onFailure, signal, isStarting };
  const stores = await openStores(config, shared);
  const { pool, engine, events, place, masterKeys } = stores;
  const stopping = new AbortController();
  const opened = { ...stores, log, limiters: limitersInPostgres, commandTracing, stopping: stopping.signal };
  const application = await createApplication(config, opened);
  const signals = await openSignals(config, { pool, consumers, metrics, log, releases });
  phases.end('signals');
  const parts: ServerParts = {
    application,
    pool,
    engine,
    events,
    signals,
    consumers,
    metrics,
    tracing,
    config,
    log,
    releases,
    stopping,
  };
  return { parts, phases, place, masterKeys };
};

const start = async (options: StartParts, releases: ReleaseStack) => {
  const { config, log, signal } = options;
  const { parts, phases, place, masterKeys } = await openParts(options, releases);
  const { application } = parts;
  const { progress, tickets } = application;
  const mailer: { running?: RunningMailer } = {};
  await startProjections({ ...parts, progress, onMail: () => mailer.running?.wake() });
  // The first query must find its tables.
  await untilReadable({ config, progress, releases }, signal);
  phases.end('projections');
  await runSessionDenylist(parts, signal);
  phases.end('session denylist');
  await runMedia(parts);
  runRetention(parts);
  const publicUrl = publicUrlOf(config);
  mailer.running = runMailer(config, publicUrl, { ...parts, tickets });
  const { mailbox } = mailer.running;
  runAuditTree(parts);
  runAuditCheckpoints(parts);
  runAuditWitnesses(parts);
  const outbox = createMailOutbox(parts.pool);
  const tree = createLogTree(parts.pool);
  const witnesses = createWitnessStates(parts.pool);
  const { statuses } = parts.engine;
  const operations = await runOperations({ ...parts, statuses, progress, masterKeys, outbox, tree, witnesses });
  const generations = registeredProjections({ ...parts, kept: parts.engine.generations, onMail: () => undefined });
  const purge = runPurge({
    ...parts,
    dropLeftovers: async () => {
      let isOneFilled = false;
      for (const each of generations) if (await dropLeftovers(parts.events, each)) isOneFilled = true;
      return isOneFilled;
    },
  });
  runKeyDestruction(parts, () => purge.erased());
  runLimitClearing(parts);
  // It is asked to end as the interfaces are closed, and ends before the stores.
  releases.own('maintenance', application.useCases, (it) => it.maintenanceEnded());
  const { port } = await openInterfaces(parts, { operations, publicUrl, version: await versionOf(), mailbox });
  phases.endLast('interfaces');
  log.debug({ milliseconds: phases.milliseconds }, 'started');
  return { port, place, hasMailbox: mailbox !== undefined && includesLoopback(config.HOST) };
};

/**
 * Starts everything: database, projections, session denylist, mailer, HTTP and WebSocket. A start that fails releases what
 * it has acquired. A start that the signal has ended can be stopped, which does the same, and is nothing else.
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
