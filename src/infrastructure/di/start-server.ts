import type { Logger } from 'pino';
import { includesLoopback } from '../../application/kernel/loopback.js';
import { followSessionEnds } from '../../application/sessions/follow-session-ends.js';
import { secondsAfter } from '../../application/users/accounts.js';
import type { Config } from '../config.js';
import { createMetrics } from '../observability/metrics.js';
import { createEndedSessions } from '../read-models/postgres/ended-sessions.js';
import { ReleaseStack } from '../release-stack.js';
import { containerOf } from './container.js';
import { openDoors } from './open-doors.js';
import { openSignals } from './open-signals.js';
import { openStores } from './open-stores.js';
import { createOperations } from './operations.js';
import { runMailer, type RunningMailer } from './run-mailer.js';
import { runProjections } from './run-projections.js';
import { TOKENS } from './tokens.js';
import { versionOf } from './version.js';

/** A server that runs. */
export interface RunningServer {
  readonly port: number;
  /** Where its data is, for people. */
  readonly place: string;
  /** Whether mails are kept, to be looked at from this machine. */
  readonly hasMailbox: boolean;
  /** Stops everything in reverse order; what was acknowledged is durable. */
  stop(): Promise<void>;
}

const start = async (config: Config, log: Logger, releases: ReleaseStack, onFailure: (error: unknown) => void) => {
  const metrics = createMetrics();
  const stores = await openStores(config, { log, releases, metrics, onFailure });
  const { pool, events, place } = stores;
  const container = containerOf(config, stores);
  container.bind(TOKENS.Metrics).toConstantValue(metrics);
  container.bind(TOKENS.Signals).toConstantValue(await openSignals({ pool, log, releases }));
  const progress = await container.getAsync(TOKENS.Progress);
  const sequences = await container.getAsync(TOKENS.Sequences);
  const mailer: { running?: RunningMailer } = {};
  const onMail = () => mailer.running?.wake();
  await runProjections({ pool, events, progress, sequences, metrics, log, releases, onMail }, onFailure);
  // The first query must find its tables.
  await Promise.all(['users', 'messages', 'mail'].map((name) => progress.untilRunning(name)));

  const gate = await container.getAsync(TOKENS.SessionGate);
  const clock = await container.getAsync(TOKENS.Clock);
  const ending = new AbortController();
  const since = secondsAfter(clock(), -config.ACCESS_TOKEN_TTL);
  const onErased = await container.getAsync(TOKENS.OnErased);
  const following = followSessionEnds(
    { gate, onErased },
    { store: events, ended: createEndedSessions(pool) },
    since,
    ending.signal,
  );
  releases.own('session gate', following, () => ending.abort());
  await following.ready;
  following.done.catch(onFailure);

  const publicUrl = config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`;
  const tickets = await container.getAsync(TOKENS.Tickets);
  mailer.running = runMailer(config, publicUrl, { pool, tickets, metrics, log, releases });
  const { mailbox } = mailer.running;
  const operations = createOperations({ pool, events, progress, metrics });
  const version = await versionOf();
  const { port } = await openDoors({ container, config, log, releases, operations, publicUrl, version, mailbox });
  return { port, place, hasMailbox: mailbox !== undefined && includesLoopback(config.HOST) };
};

/** Starts everything: database, projections, session gate, mailer, doors. What fails on the way releases what was there. */
export const startServer = async (
  config: Config,
  log: Logger,
  onFailure: (error: unknown) => void,
): Promise<RunningServer> => {
  const releases = new ReleaseStack((name, error) => log.error({ err: error, name }, 'could not be released'));
  try {
    const started = await start(config, log, releases, onFailure);
    return { ...started, stop: () => releases.releaseAll() };
  } catch (error) {
    await releases.releaseAll();
    throw error;
  }
};
