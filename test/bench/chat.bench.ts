import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startApp, type RunningApp } from '../support/app.js';
import { bareCommits } from './bare-commits.js';
import { signUpPairs } from './bench-users.js';
import { putLoad, type Load, type LoadResult, type Pair } from './load.js';
import { costOf, figuresOf, stagesOf } from './server-figures.js';
import { percentile, type Report, type Row } from './report.js';

const PAIRS = 100;
const IN_FLIGHT = 8;
/** One pair has one message in flight: this shows how long a message takes when nothing else is going on. */
const ALONE = { inFlight: 1, seconds: 4 };
const SECONDS = 5;
const WARM_UP_SECONDS = 4;

interface Measured extends LoadResult {
  /** The figures of the server during the measurement. */
  readonly server: readonly Row[];
}

/** Puts a load on the server, and asks it what the load has cost. */
const measured = async (app: RunningApp, load: () => Promise<LoadResult>): Promise<Measured> => {
  const before = await figuresOf(app);
  const result = await load();
  const after = await figuresOf(app);
  return { ...result, server: [...stagesOf(before, after), costOf(before, after, result.sent)] };
};

const figures = (
  name: string,
  { sent, latencies, seconds, server }: Measured,
  targets: { rate?: string; p50?: string; p99?: string },
): Row[] => {
  const sorted = Float64Array.from(latencies).sort();
  if (latencies.length !== sent) throw new Error(`${sent - latencies.length} of ${sent} messages did not arrive`);
  return [
    {
      metric: `${name}: delivered`,
      value: latencies.length / seconds,
      unit: 'messages/s',
      ...(targets.rate && { target: targets.rate }),
    },
    {
      metric: `${name}: p50 from send to the recipient's frame`,
      value: percentile(sorted, 0.5),
      unit: 'ms',
      ...(targets.p50 && { target: targets.p50 }),
    },
    {
      metric: `${name}: p99`,
      value: percentile(sorted, 0.99),
      unit: 'ms',
      ...(targets.p99 && { target: targets.p99 }),
    },
    ...server.map((row) => ({ ...row, metric: `${name}: ${row.metric}` })),
  ];
};

/** Measures what sockets alone can do, with a server that only relays each message. */
const bareSockets = async (pairs: readonly Pair[], load: Omit<Load, 'url' | 'pairs'>): Promise<number> => {
  const child = fork(new URL('./relay.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  try {
    const { latencies, seconds } = await putLoad({ ...load, url, pairs });
    return latencies.length / seconds;
  } finally {
    child.kill();
  }
};

const RATES = [1_000, 2_000] as const;

/** Measures a commit alone, which a message on the same schedule cannot be faster than. */
const bareRows = async ({ databaseUrl }: RunningApp): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const rate of RATES) {
    const sorted = await bareCommits(databaseUrl ?? '', rate, SECONDS);
    const name = `${rate.toLocaleString('en')}/s on schedule: a bare commit`;
    rows.push({ metric: `${name}, p50`, value: percentile(sorted, 0.5), unit: 'ms' });
    rows.push({ metric: `${name}, p99`, value: percentile(sorted, 0.99), unit: 'ms' });
  }
  return rows;
};

/** Measures messages from `send` over the WebSocket to the recipient's frame, with texts of 120 bytes. */
export const run = async (): Promise<Report> => {
  const app = await startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  try {
    const pairs = await signUpPairs(app, PAIRS);
    const base = { url: app.socketUrl, pairs, inFlight: IN_FLIGHT };
    await putLoad({ ...base, seconds: WARM_UP_SECONDS, rate: 2_000 });
    const alone = await measured(app, () => putLoad({ ...base, pairs: pairs.slice(0, 1), ...ALONE }));
    // The schedules run first, because the closed loop leaves the database much to clean up.
    const slow = await measured(app, () => putLoad({ ...base, seconds: SECONDS, rate: 1_000 }));
    const fast = await measured(app, () => putLoad({ ...base, seconds: SECONDS, rate: 2_000 }));
    const commits = await bareRows(app);
    const closed = await measured(app, () => putLoad({ ...base, seconds: SECONDS }));
    const bare = await bareSockets(pairs, { inFlight: IN_FLIGHT, seconds: WARM_UP_SECONDS });
    // The clients of the library come last, so that they slow nothing else.
    const library = await measured(app, () => putLoad({ ...base, seconds: SECONDS }, './client-load.ts'));
    const [byLibrary, ...restOfLibrary] = figures(`${PAIRS} pairs by the client library`, library, {});
    const [delivered, ...rest] = figures(`${PAIRS} pairs, ${IN_FLIGHT} in flight`, closed, {
      rate: 'at least 12,000 (ejabberd 3,417)',
      p99: '(ejabberd 464)',
    });
    return {
      name: '(b) Chat over the WebSocket',
      rows: [
        { metric: 'bare sockets, the same load', value: bare, unit: 'messages/s' },
        { ...(delivered as Row), ratio: (delivered as Row).value / bare },
        ...rest,
        // It sends one message of a conversation after the other, so that none overtakes another.
        {
          ...(byLibrary as Row),
          ratio: (byLibrary as Row).value / (delivered as Row).value,
          target: 'of bare clients',
        },
        ...restOfLibrary,
        ...figures('one pair, 1 in flight', alone, { p50: 'at most 1 (ejabberd 1.1)' }),
        ...figures('1,000/s on schedule', slow, { p50: 'at most 1.5 (ejabberd 1.4)', p99: 'at most 9 (ejabberd 9)' }),
        ...figures('2,000/s on schedule', fast, { p50: 'at most 2.5 (ejabberd 2.0)', p99: 'at most 24 (ejabberd 24)' }),
        ...commits,
      ],
    };
  } finally {
    await app.stop();
  }
};
