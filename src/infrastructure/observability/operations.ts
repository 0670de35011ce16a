import type pg from 'pg';
import type { Logger } from 'pino';
import type { Consumer } from '../../application/consumers/consumer.js';
import type { Consumers } from '../../application/consumers/consumers.js';
import { eventsBehind } from '../../application/kernel/events-behind.js';
import type { EventStore } from '../../application/ports/event-store.js';
import type { MailOutbox } from '../../application/ports/mail-outbox.js';
import type { Operations, ReadinessReport } from '../../application/ports/operations.js';
import type { ProjectionStatuses } from '../../application/ports/projection-statuses.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { Config } from '../config.js';
import { auditChecks, measureAudit, observeAudit, type AuditParts, type ObservedAudit } from './audit-state.js';
import { LagClock } from './lag-clock.js';
import type { Metrics } from './metrics.js';
import { RepeatedCheck } from './repeated-check.js';
import type { AnnouncedProgress } from '../../application/projections/announced-progress.js';
import type { ReleaseStack } from '../release-stack.js';
import type { MasterKeys } from '../security/master-keys.js';
import { isMasterKeyMissing } from '../security/rewrap-keys.js';

/** A consumer that is further behind than this gives answers that are too old. */
const MAX_LAG_EVENTS = 10_000;
const CHECK_EVERY_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;

interface OperationsParts extends AuditParts {
  readonly pool: pg.Pool;
  readonly statuses: Pick<ProjectionStatuses, 'list'>;
  readonly events: Pick<EventStore, 'head' | 'countBetween'>;
  readonly progress: AnnouncedProgress;
  readonly consumers: Consumers;
  readonly outbox: Pick<MailOutbox, 'countUnsent'>;
  readonly metrics: Metrics;
  readonly masterKeys: MasterKeys;
  /** The time that a consumer may be behind the log, or be silent. */
  readonly maxLagSeconds: number;
  /** Answers the milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly onFailed: (error: unknown) => void;
}

/** What a server starts it with. */
type Started = Omit<OperationsParts, 'maxLagSeconds' | 'now' | 'onFailed'> & {
  readonly config: Config;
  readonly log: Logger;
  readonly releases: ReleaseStack;
};

type Check = ReadinessReport['checks'][string];

const KEY_MISSING: Check = { ok: false, detail: 'keys are wrapped by a master key that this server does not know' };

/** What is asked of the database once a second, however many callers want to know. */
interface Observed extends ObservedAudit {
  readonly head: Position;
  /** The number of events that each consumer of the log has not reached, by its name. */
  readonly behind: ReadonlyMap<string, number>;
  readonly projections: Awaited<ReturnType<ProjectionStatuses['list']>>;
  readonly unsentMails: number;
  /** Whether something is wrapped by a master key that this node does not know. */
  readonly isKeyMissing: boolean;
}

const lagsOf = async (
  { consumers, events }: Pick<OperationsParts, 'consumers' | 'events'>,
  head: Position,
): Promise<ReadonlyMap<string, number>> => {
  const reached = consumers.all.flatMap(({ name, position }) => (position === undefined ? [] : [{ name, position }]));
  const behind = await eventsBehind(
    events,
    reached.map(({ position }) => position),
    head,
  );
  return new Map(reached.map(({ name, position }) => [name, behind.get(position) ?? 0]));
};

const positionsOf = ({ all }: Consumers): Position[] => all.flatMap(({ position }) => position ?? []);

const silenceOf = ({ silentSeconds, missed }: Consumer, maxSeconds: number): string[] => {
  if (silentSeconds <= maxSeconds) return [];
  const silent = `no sign of life for ${Math.round(silentSeconds)} s`;
  return [missed === undefined ? silent : `${silent}: ${missed}`];
};

interface Lag {
  readonly events: number;
  readonly seconds: number;
}

/** Says how far a consumer of the log is behind, and what is missed where that is too far. */
const lagDetails = ({ position, missed }: Consumer, { events, seconds }: Lag, isLate: boolean): string[] =>
  position === undefined
    ? []
    : [`${events} events and ${Math.round(seconds)} s behind`, ...(isLate && missed !== undefined ? [missed] : [])];

const checkOf = (consumer: Consumer, lag: Lag, maxLagSeconds: number): Check => {
  const silence = silenceOf(consumer, maxLagSeconds);
  const isLate = lag.seconds > maxLagSeconds || lag.events > MAX_LAG_EVENTS;
  const details = [...silence, ...lagDetails(consumer, lag, isLate)];
  // Every node would be taken out of service where it could do without.
  const ok = (silence.length === 0 && !isLate) || consumer.missed !== undefined;
  return { ok, detail: details.join(', ') || 'comes on' };
};

/** Reports what the database has answered. Without an answer it is out of reach. */
const observedChecks = (observed: Observed | undefined): Record<string, Check> => {
  if (!observed) return { 'event log': { ok: false, detail: 'out of reach' } };
  const checks: Record<string, Check> = { 'event log': { ok: true } };
  for (const { name, position, stopped, parked } of observed.projections) {
    if (stopped !== null)
      checks[`projection ${name}`] = { ok: false, detail: `stopped at position ${position}: ${stopped}` };
    if (parked > 0) checks[`parked ${name}`] = { ok: true, detail: `${parked} events are parked` };
  }
  Object.assign(checks, auditChecks(observed));
  if (observed.isKeyMissing) checks['master key'] = KEY_MISSING;
  return checks;
};

const observer = (parts: OperationsParts, lag: LagClock) => {
  const { pool, statuses, events, progress, consumers, outbox, masterKeys, now } = parts;
  const observe = async (): Promise<Observed> => {
    const head = await events.head();
    // Another node announces what it has written, not the events that it has passed.
    for (const { name } of PROJECTIONS) if (!hasReached(progress.of(name), head)) await progress.lookUp(name, head);
    lag.see(head, now(), positionsOf(consumers));
    const projections = await statuses.list();
    const isKeyMissing = await isMasterKeyMissing(pool, masterKeys);
    const behind = await lagsOf(parts, head);
    const unsentMails = await outbox.countUnsent();
    return { head, behind, projections, unsentMails, isKeyMissing, ...(await observeAudit(parts)) };
  };
  return observe;
};

/** Reports the state of each part, for operators and their tools. */
export const createOperations = (parts: OperationsParts): Operations & { readonly check: RepeatedCheck<Observed> } => {
  const { consumers, metrics, maxLagSeconds, now, onFailed } = parts;
  const lag = new LagClock();
  const check = new RepeatedCheck({
    ask: observer(parts, lag),
    everyMs: CHECK_EVERY_MS,
    timeoutMs: CHECK_TIMEOUT_MS,
    onFailed,
  });

  const lagOf = ({ position }: Consumer): number => (position === undefined ? 0 : lag.secondsBehind(position, now()));

  const readiness = (): ReadinessReport => {
    const { latest } = check;
    const ofConsumers = consumers.all.map(
      (each) =>
        [
          each.name,
          checkOf(each, { events: latest?.behind.get(each.name) ?? 0, seconds: lagOf(each) }, maxLagSeconds),
        ] as const,
    );
    const checks = { ...Object.fromEntries(ofConsumers), ...observedChecks(latest) };
    return { ready: Object.values(checks).every(({ ok }) => ok), checks };
  };

  for (const { name: projection } of PROJECTIONS)
    for (const gauge of [metrics.projectionStopped, metrics.parkedNow]) gauge.set({ projection }, 0);

  const measureObserved = (latest: Observed): void => {
    for (const { name: projection } of PROJECTIONS) {
      const seen = latest.projections.filter(({ name }) => name === projection);
      metrics.projectionStopped.set({ projection }, seen.some(({ stopped }) => stopped !== null) ? 1 : 0);
      const parked = seen.reduce((sum, each) => sum + each.parked, 0);
      metrics.parkedNow.set({ projection }, parked);
    }
    metrics.mailsWaiting.set(latest.unsentMails);
    measureAudit(metrics, latest);
  };

  const measure = (): void => {
    const { latest } = check;
    // Nothing is asked of a store here: it may have been lost since. What was seen last stands until it is seen anew: no alert
    // ends because the database is away.
    if (latest) measureObserved(latest);
    for (const consumer of consumers.all) {
      const { name, silentSeconds } = consumer;
      metrics.consumerSilentSeconds.set({ consumer: name }, silentSeconds);
      metrics.consumerLagSeconds.set({ consumer: name }, lagOf(consumer));
      const [kind, projection = ''] = name.split(' ');
      const lag = latest?.behind.get(name);
      if (kind === 'projection' && lag !== undefined) metrics.projectionLag.set({ projection }, lag);
    }
  };
  return { check, readiness, metrics: metricsText(metrics, measure, now) };
};

/** Checks every part until it is released; resolves after the first check. */
export const runOperations = async ({ config, log, releases, ...parts }: Started): Promise<Operations> => {
  const operations = createOperations({
    ...parts,
    maxLagSeconds: config.READY_MAX_LAG,
    now: () => performance.now(),
    onFailed: (error) => log.warn({ err: error }, 'how the consumers do could not be found out'),
  });
  const ending = new AbortController();
  await operations.check.askOnce();
  const checking = operations.check.run(ending.signal);
  releases.own('readiness', ending, async (it) => {
    it.abort();
    await checking;
  });
  return operations;
};

/** Answers the metrics in the text format of Prometheus, made once a second at most. */
const metricsText = ({ registry }: Metrics, measure: () => void, now: () => number): Operations['metrics'] => {
  let madeAt = -Infinity;
  let text: Promise<string> = Promise.resolve('');
  return async () => {
    if (now() - madeAt >= CHECK_EVERY_MS) {
      madeAt = now();
      measure();
      text = registry.metrics();
    }
    return { contentType: registry.contentType, text: await text };
  };
};
