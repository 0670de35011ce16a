import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type pg from 'pg';
import type { UserId } from '../../src/domain/kernel/ids.js';
import { LogCopy } from '../../src/infrastructure/moving/log-copy.js';
import { postgresLog } from '../../src/infrastructure/moving/postgres-log.js';
import { prepareMails } from '../../src/infrastructure/moving/prepare-mails.js';
import { writeBackup } from '../../src/infrastructure/moving/write-backup.js';
import { testDatabase } from '../support/postgres.js';
import { openFiller } from './filled-log.js';
import type { Report } from './report.js';
import type { Sizes } from './sizes.js';

const EVENTS = 100_000;
/** Each tenth message is read, which is an event that names the position of another. */
const EVENTS_OF_A_MESSAGE = 1.1;
const ignored = () => undefined;

const BARE = 'create table public.bare_copy as select * from log.events';

const fill = async (pool: pg.Pool, events: number): Promise<number> => {
  const { store, registerUser, startDirect, sendMany } = await openFiller(pool);
  try {
    const pair: [UserId, UserId] = [await registerUser(0), await registerUser(1)];
    await sendMany(await startDirect(...pair), pair, Math.round(events / EVENTS_OF_A_MESSAGE));
    return Number(await store.head());
  } finally {
    await store.close();
  }
};

/** Answers how many of so many a second were done. */
const rateOf = async (count: number, work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return count / ((performance.now() - startedAt) / 1_000);
};

const backUp = async (pool: pg.Pool): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'chatapp-bench-'));
  try {
    await writeBackup({
      ...{ pool, dataDir: join(folder, 'data'), to: join(folder, 'copy'), withSecrets: false, version: 'bench' },
      madeAt: new Date().toISOString(),
      media: () => Readable.from([]),
      onProgress: ignored,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Measures how fast a log is copied into another database and backed up, beside PostgreSQL copying the table within itself. */
export const run = async ({ events: wanted = EVENTS }: Sizes): Promise<Report> => {
  const [from, to] = [await testDatabase(), await testDatabase()];
  try {
    const events = await fill(from.pool, wanted);
    await prepareMails(from.pool);
    const bare = await rateOf(events, () => from.pool.query(BARE));
    await from.pool.query('drop table public.bare_copy');
    const copy = new LogCopy({
      ...{ source: postgresLog(from.pool, 'one'), target: postgresLog(to.pool, 'another'), onProgress: ignored },
    });
    const copied = await rateOf(events, () => copy.copy());
    const verified = await rateOf(events, () => copy.verify());
    const backedUp = await rateOf(events, () => backUp(from.pool));
    return {
      name: `(o) Moving a log of ${events.toLocaleString('en')} events`,
      rows: [
        { metric: 'PostgreSQL copies the table', value: bare, unit: 'events/s' },
        { metric: 'a copy', value: copied, unit: 'events/s', ratio: copied / bare },
        { metric: 'its verification', value: verified, unit: 'events/s', ratio: verified / bare },
        { metric: 'a back-up', value: backedUp, unit: 'events/s', ratio: backedUp / bare },
      ],
    };
  } finally {
    await from.drop();
    await to.drop();
  }
};
