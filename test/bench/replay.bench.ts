import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { ConversationId, Position, UserId } from '../../src/domain/kernel/ids.js';
import { startApp, type RunningApp } from '../support/app.js';
import { makeAuditors } from '../support/audit-calls.js';
import { testDatabase } from '../support/postgres.js';
import { conversationOf, signUpMany } from './bench-users.js';
import { bundleRows } from './bundle-rows.js';
import { inChild } from './child.js';
import { openFiller } from './filled-log.js';
import type { PagesLoad, PagesTimes } from './pages-load.js';
import { percentile, type Report, type Row } from './report.js';
import { figuresOf } from './server-figures.js';
import type { Sizes } from './sizes.js';

const EVENTS = 1_000_000;
const CONVERSATIONS = 10;
/** Each tenth message is read, which is an event too. */
const EVENTS_OF_A_MESSAGE = 1.1;
const MEBIBYTE = 1_048_576;
const PAGE_BYTES = 4_096;
const PAUSE_MS = 5_000;
const POLL_MS = 50;

const headersOf = (token: string) => ({ authorization: `Bearer ${token}`, 'x-audit-reason': 'A benchmark' });

const residentOf = async ({ pid }: RunningApp): Promise<number> =>
  (Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]) * PAGE_BYTES) / MEBIBYTE;

/** Samples the memory of a server until it is told to stop; answers the most that it was, in MiB. */
const watchMemory = (app: RunningApp) => {
  let most = 0;
  const ending = new AbortController();
  const watching = (async () => {
    while (!ending.signal.aborted) {
      most = Math.max(most, await residentOf(app));
      await sleep(POLL_MS);
    }
  })();
  return async () => {
    ending.abort();
    await watching;
    return most;
  };
};

/** Reads the whole log as lines of JSON, with a pause in the middle, and answers how long it took without that. */
const readAll = async (app: RunningApp, token: string, pauseMs: number) => {
  const asked = request(`${app.url}/audit/v1/events`, {
    headers: { ...headersOf(token), accept: 'application/x-ndjson' },
  });
  asked.end();
  const startedAt = performance.now();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let [lines, bytes] = [0, 0];
  let pausedAt = pauseMs === 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
    if (pausedAt || bytes < MEBIBYTE) continue;
    pausedAt = true;
    await sleep(pauseMs);
  }
  return { lines, mebibytes: bytes / MEBIBYTE, seconds: (performance.now() - startedAt - pauseMs) / 1_000 };
};

/** Waits until the index of events has come up to a position; answers for how long, in seconds. */
export const untilIndexed = async (pool: pg.Pool, last: Position): Promise<number> => {
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await pool.query<{ position: Position }>(
      `select position from projections.checkpoints where name = 'audit_index'`,
    );
    if (BigInt(rows[0]?.position ?? '0') >= BigInt(last)) return (performance.now() - startedAt) / 1_000;
    await sleep(POLL_MS);
  }
};

/**
 * Waits until no read model is behind, and answers for how long, in seconds. After a fill the search index works for minutes, on
 * the cores of what is measured.
 */
export const untilCaughtUp = async (app: RunningApp): Promise<Row> => {
  const startedAt = performance.now();
  const isBehind = async () =>
    [...(await figuresOf(app))].some(
      ([sample, value]) => sample.startsWith('chatapp_projection_lag_events') && value > 0,
    );
  while (await isBehind()) await sleep(POLL_MS);
  const value = (performance.now() - startedAt) / 1_000;
  return { metric: 'waited for the slowest read model behind that', value, unit: 's' };
};

const measured = async (app: RunningApp, pool: pg.Pool, count: number): Promise<Row[]> => {
  const { store, sendMany } = await openFiller(pool, app.masterKey);
  try {
    const users = await signUpMany(app, CONVERSATIONS + 1);
    const [auditor, ...others] = users as [(typeof users)[number], ...typeof users];
    await makeAuditors(app, { username: auditor.userId });
    const messages = Math.round(count / EVENTS_OF_A_MESSAGE / CONVERSATIONS);
    // All begin before the first is filled: what is filled in at once takes the read models a while.
    const conversations: string[] = [];
    for (const other of others) conversations.push(await conversationOf(app, auditor, other));
    let last = '0' as Position;
    for (const [n, other] of others.entries()) {
      const members = [auditor.userId, other.userId] as UserId[];
      last = await sendMany(conversations[n] as ConversationId, members, messages);
      process.stderr.write(`${(n + 1) * messages} messages\n`);
    }
    const indexSeconds = await untilIndexed(pool, last);
    const caughtUp = await untilCaughtUp(app);
    await pool.query('vacuum analyze');
    await pool.query('checkpoint'); // else what was filled in is written to the disk in the minutes that are measured
    const token = auditor.accessToken;
    const [other] = others;
    const middle = String(BigInt(last) / 2n);
    const queries: Readonly<Record<string, string>> = {
      // What each call takes, whatever it finds: it is recorded before it is answered.
      'of an event or none': `after=${BigInt(last) - 1n}&before=${last}`,
      'by conversation': `conversationId=${conversations[3]}&after=${middle}`,
      'by user': `userId=${other?.userId}`,
      'by actor, of whom there is little': `actorId=${other?.userId}`,
      'by type': `type=MessageRead&after=${middle}`,
      'by a type that is rare': 'type=RoleGranted',
      'by user and type': `userId=${auditor.userId}&type=MessageRead`,
      'by time': 'from=2026-01-01T10:00:00Z&to=2026-01-01T10:30:00Z',
      'by conversation and time': `conversationId=${conversations[5]}&from=2026-01-01T05:00:00Z&to=2026-01-01T06:00:00Z`,
    };
    const rows: Row[] = [
      { metric: 'events in the log', value: Number(last), unit: 'events' },
      { metric: 'waited for the index behind the last message', value: indexSeconds, unit: 's' },
      caughtUp,
    ];
    // From a process of its own: this one has filled the log, and has a large heap.
    const pages: PagesLoad = { url: app.url, headers: headersOf(token), queries };
    for (const [name, times] of Object.entries(await inChild<PagesTimes>('./pages-load.ts', pages)))
      rows.push(
        { metric: `a page ${name}: p50`, value: percentile(times, 0.5), unit: 'ms' },
        { metric: `a page ${name}: p99`, value: percentile(times, 0.99), unit: 'ms', target: 'at most 20' },
      );
    const before = await residentOf(app);
    for (const [name, pauseMs] of [
      ['lines of JSON', 0],
      ['lines of JSON, with a reader that pauses', PAUSE_MS],
    ] as const) {
      const watched = watchMemory(app);
      const { lines, mebibytes, seconds } = await readAll(app, token, pauseMs);
      const most = await watched();
      const target = pauseMs === 0 ? { target: 'at least 20,000' } : {};
      rows.push(
        { metric: name, value: lines / seconds, unit: 'events/s', ...target },
        { metric: `${name}: sent`, value: mebibytes, unit: 'MiB' },
        { metric: `${name}: memory before`, value: before, unit: 'MiB' },
        { metric: `${name}: most memory`, value: most, unit: 'MiB' },
      );
    }
    return [...rows, ...(await bundleRows(app, headersOf(token), String(conversations[3])))];
  } finally {
    await store.close();
  }
};

/** Measures what auditors read of a log of a million events, over HTTP, each call recorded. */
export const run = async ({ events: count = EVENTS }: Sizes): Promise<Report> => {
  const { pool, url, drop } = await testDatabase();
  const app = await startApp({ env: { DATABASE_URL: url, RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'warn' } });
  try {
    const rows = await measured({ ...app, databaseUrl: url }, pool, count);
    return { name: `(n) Auditing a log of ${count.toLocaleString('en')} events`, rows };
  } finally {
    await app.stop();
    await drop();
  }
};
