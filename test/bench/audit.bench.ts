import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { claimedHeads } from '../../src/application/audit/claimed-heads.js';
import { keepTree } from '../../src/application/audit/keep-tree.js';
import { signCheckpoint } from '../../src/application/audit/sign-checkpoint.js';
import { signedProofs } from '../../src/application/audit/signed-proofs.js';
import { verifyLog } from '../../src/application/audit/verify-log.js';
import { Consumer } from '../../src/application/consumers/consumer.js';
import type { Checkpoints } from '../../src/application/ports/checkpoints.js';
import { auditCrypto } from '../../src/infrastructure/audit/ed25519.js';
import { findBrokenStream } from '../../src/infrastructure/audit/find-broken-stream.js';
import { openCheckpoints } from '../../src/infrastructure/audit/postgres-checkpoints.js';
import { createLogTree } from '../../src/infrastructure/audit/postgres-log-tree.js';
import { PostgresTreeStore } from '../../src/infrastructure/audit/postgres-tree-store.js';
import { sha256 } from '../../src/infrastructure/audit/sha256.js';
import {
  createPostgresEventStore,
  type PostgresEventStore,
} from '../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { newStream } from '../contracts/store-steps.js';
import { startApp } from '../support/app.js';
import { testMasterKeys } from '../support/master-keys.js';
import { createPool } from '../../src/infrastructure/postgres/pool.js';
import { untimed } from '../../src/infrastructure/postgres/session.js';
import { testDatabase } from '../support/postgres.js';
import { eventNumbered, testCodec } from '../support/test-codec.js';
import { signUpPairs } from './bench-users.js';
import { putLoad } from './load.js';
import { pastRows } from './past-rows.js';
import { percentile, type Report, type Row } from './report.js';
import type { Sizes } from './sizes.js';

const EVENTS = 1_000_000;
const PROOFS = 5_000;
const WRITERS = 16;
const PAIRS = 100;
const IN_FLIGHT = 8;
const SECONDS = 5;
const ROUNDS = 2;
const ignored = () => undefined;

/** Events as large as messages are, each a stream of its own. */
const FILL = `
  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  select n, 'message-' || gen_random_uuid(), 0, gen_random_uuid(), 'MessageSent', 1,
         convert_to(repeat(md5(n::text), 12), 'UTF8'), convert_to(repeat(md5(n::text), 8), 'UTF8')
    from generate_series(1, $1::integer) n`;

const fill = async (pool: pg.Pool, events: number): Promise<void> => {
  const client = await pool.connect();
  try {
    await untimed(client, async () => {
      await client.query(FILL, [events]);
      await client.query('analyze log.events');
    });
  } finally {
    client.release(true);
  }
};

interface Filled {
  readonly pool: pg.Pool;
  readonly log: PostgresEventStore;
  readonly checkpoints: Checkpoints;
}

/** Puts the whole log under the tree while others write to it; answers how many events a second. */
const measureTree = async ({ pool, log }: Filled): Promise<number> => {
  const ending = new AbortController();
  const tree = createLogTree(pool);
  const wanted = Number(await log.head());
  let size = 0;
  const keeping = keepTree({
    log: log.raw,
    store: new PostgresTreeStore(pool),
    tree,
    sha256,
    onGrown: (grown) => (size = grown),
    onHalted: (reason) => {
      throw new Error(reason);
    },
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(ignored), // the signal ends it
    nextTurn,
  })(new Consumer({ name: 'bench', quietSeconds: 1, missed: undefined, now: () => 0 }), ending.signal);
  const writing = Array.from({ length: WRITERS }, async () => {
    while (!ending.signal.aborted)
      await log.append({ streams: [{ streamId: newStream(), expected: 'no stream', events: [eventNumbered(0)] }] });
  });
  const from = performance.now();
  while (size < wanted) await sleep(5);
  const seconds = (performance.now() - from) / 1_000;
  const grown = size;
  ending.abort();
  await Promise.all([keeping, ...writing]);
  return grown / seconds;
};

/** Does something many times in turn; answers the milliseconds that each took, the shortest first. */
const timesOf = async (work: () => Promise<unknown>): Promise<Float64Array> => {
  const took = new Float64Array(PROOFS);
  for (let n = 0; n < PROOFS; n += 1) {
    const from = performance.now();
    await work();
    took[n] = performance.now() - from;
  }
  return took.sort();
};

const proofRows = async ({ pool, checkpoints }: Filled): Promise<Row[]> => {
  const tree = createLogTree(pool);
  await signCheckpoint({ checkpoints, tree, sha256 }, () => true);
  const prove = signedProofs({ tree, sha256 });
  const proofs = await timesOf(async () => {
    const head = await checkpoints.last();
    if (!head) throw new Error('no head is signed');
    await prove(Math.floor(Math.random() * head.size), head);
  });
  const bare = await timesOf(() => pool.query('select 1'));
  const name = 'inclusion proof of one event';
  return [
    { metric: `${name}, p50`, value: percentile(proofs, 0.5), unit: 'ms' },
    { metric: `${name}, p99`, value: percentile(proofs, 0.99), unit: 'ms', target: '5' },
    { metric: 'a bare question to PostgreSQL, p50', value: percentile(bare, 0.5), unit: 'ms' },
    { metric: 'a bare question to PostgreSQL, p99', value: percentile(bare, 0.99), unit: 'ms' },
  ];
};

const measureVerification = async ({ pool, log, checkpoints }: Filled) => {
  const from = performance.now();
  let most = 0;
  const { events, misfit } = await verifyLog({
    log: log.raw,
    tree: createLogTree(pool),
    heads: claimedHeads({ checkpoints, crypto: auditCrypto, outside: [], keys: [] }),
    findBrokenStream: () => findBrokenStream(pool),
    sha256,
    onProgress: () => (most = Math.max(most, process.memoryUsage.rss())),
  });
  if (misfit) throw new Error(misfit.detail);
  return { rate: (events / (performance.now() - from)) * 1_000, mebibytes: most / 1_048_576 };
};

/** Answers the messages a second of the closed loop, with the tree or while it is halted. */
const measureSending = async (hasTree: boolean): Promise<number> => {
  const app = await startApp({ env: { RATE_LIMIT_SCALE: '1000000', LOG_LEVEL: 'error' } });
  const pool = createPool({ url: app.databaseUrl ?? '', max: 1, name: 'bench', onIdleError: ignored });
  try {
    if (!hasTree) await pool.query(`update audit.tree set halted_because = 'measured without', halted_at = now()`);
    const base = { url: app.socketUrl, pairs: await signUpPairs(app, PAIRS), inFlight: IN_FLIGHT };
    await putLoad({ ...base, seconds: 2, rate: 500 });
    const { latencies, seconds } = await putLoad({ ...base, seconds: SECONDS });
    return latencies.length / seconds;
  } finally {
    await pool.end();
    await app.stop();
  }
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const sendingRows = async (): Promise<Row[]> => {
  const [without, withTree]: [number[], number[]] = [[], []];
  for (let n = 0; n < ROUNDS; n += 1) {
    without.push(await measureSending(false));
    withTree.push(await measureSending(true));
  }
  const ratio = mean(withTree) / mean(without);
  return [
    { metric: 'closed loop without the tree', value: mean(without), unit: 'messages/s' },
    { metric: 'closed loop with it', value: mean(withTree), unit: 'messages/s', ratio, target: 'at least 90 %' },
  ];
};

/** Measures the tree over the log, its proofs and their verification, and what sending loses by it. */
export const run = async ({ messages = EVENTS }: Sizes): Promise<Report> => {
  const { pool, drop } = await testDatabase();
  const log = await createPostgresEventStore({ pool, codec: testCodec, log: { warn: ignored, error: ignored } });
  const masterKeys = await testMasterKeys();
  const checkpoints = await openCheckpoints({ pool, masterKeys, origin: 'bench.example.org/log', host: 'bench' });
  const filled = { pool, log, checkpoints };
  const rows: Row[] = [];
  try {
    await fill(pool, messages);
    const tree = await measureTree(filled);
    rows.push({
      metric: `${messages} events under the tree, while the log is written`,
      value: tree,
      unit: 'events/s',
      target: '20,000',
    });
    rows.push(...(await proofRows(filled)));
    const { rate, mebibytes } = await measureVerification(filled);
    rows.push({ metric: 'verification of the whole log', value: rate, unit: 'events/s', target: '50,000' });
    rows.push({ metric: 'memory of the process meanwhile', value: mebibytes, unit: 'MiB' });
  } finally {
    await log.close();
    await drop();
  }
  return {
    name: '(m) The tree over the log, and its past',
    rows: [...rows, ...(await pastRows()), ...(await sendingRows())],
  };
};
