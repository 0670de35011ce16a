import type pg from 'pg';
import type { EventStore } from '../../application/ports/event-store.js';
import type { ProjectionProgress } from '../../application/ports/projection-progress.js';
import type { Operations, ReadinessReport } from '../../interfaces/http/ops.js';
import type { Metrics } from '../observability/metrics.js';

const PROJECTIONS = ['users', 'messages', 'mail'] as const;
/** Further behind than this, answers are too old to be of use. */
const MAX_LAG = 10_000n;
const CHECK_TIMEOUT_MS = 2_000;

const PARKED = 'select projection, count(*)::integer as events from projections.parked group by projection';

interface OperationsParts {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly progress: ProjectionProgress;
  readonly metrics: Metrics;
}

type Checks = Record<string, { ok: boolean; detail?: string }>;

const within = async <Result>(work: Promise<Result>): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_TIMEOUT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** How the parts do, for operators and their tools. */
export const createOperations = ({ pool, events, progress, metrics }: OperationsParts): Operations => {
  const lags = async (): Promise<Map<string, bigint>> => {
    const head = BigInt(await events.head());
    return new Map(PROJECTIONS.map((name) => [name, head - BigInt(progress.of(name))]));
  };

  const checkAll = async (): Promise<Checks> => {
    const checks: Checks = {};
    for (const [name, lag] of await lags())
      checks[`projection ${name}`] = { ok: lag <= MAX_LAG, detail: `${lag < 0n ? 0n : lag} events behind` };
    const { rows } = await pool.query<{ projection: string; events: number }>(PARKED);
    for (const { projection, events: count } of rows)
      checks[`parked ${projection}`] = { ok: true, detail: `${count} events are parked` };
    return { 'event log': { ok: true }, ...checks };
  };

  return {
    readiness: async (): Promise<ReadinessReport> => {
      // Whatever is wrong is the answer: those who ask see which part, not why.
      const checks = await within(checkAll()).catch(() => ({ 'event log': { ok: false, detail: 'out of reach' } }));
      return { ready: Object.values(checks).every(({ ok }) => ok), checks };
    },
    metrics: async () => {
      const known = await within(lags()).catch(() => new Map<string, bigint>()); // the gauges then keep their last values
      for (const [projection, lag] of known) metrics.projectionLag.set({ projection }, Math.max(0, Number(lag)));
      return { contentType: metrics.registry.contentType, text: await metrics.registry.metrics() };
    },
  };
};
