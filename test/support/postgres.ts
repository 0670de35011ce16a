import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../src/infrastructure/postgres/migrate.js';
import { createPool } from '../../src/infrastructure/postgres/pool.js';

/** These variables tell workers where the database server of the run is, and which database to copy. */
const URL_NAME = 'CHATAPP_TEST_URL';
const TEMPLATE_NAME = 'CHATAPP_TEST_TEMPLATE';

let embedded: EmbeddedPostgres | undefined;
let dataDir: string | undefined;

const quiet = { info: () => undefined, warn: () => undefined };

/** Runs SQL on the server itself. */
const onServer = async (url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
};

/** A folder of Linux that is kept in memory. */
const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 1024 ** 3;

/**
 * Answers where the data lies of a server that nobody needs after a crash: in memory, where there is room. On a busy disk it took
 * up to ten times as long to create a database.
 */
const quickFolder = async (): Promise<string> => {
  const free = await statfs(IN_MEMORY)
    .then(({ bavail, bsize }) => bavail * bsize)
    .catch(() => 0); // other systems have none
  return free < ENOUGH_BYTES ? tmpdir() : IN_MEMORY;
};

/** Nothing that it holds is needed after a crash of the machine: a database is created in a fifth of the time. */
const forgetTheDisk = (url: string): Promise<void> =>
  onServer(url, async (client) => {
    await client.query('alter system set fsync = off');
    await client.query(`alter system set max_wal_size = '256MB'`);
    await client.query('select pg_reload_conf()');
  });

/**
 * Starts one server with a migrated database to copy. `TEST_DATABASE_URL` names a server of your own. It commits to the
 * disk where that is measured.
 */
export const startTestServer = async ({ isDurable }: { readonly isDurable: boolean }): Promise<void> => {
  let url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) {
    dataDir = await mkdtemp(join(isDurable ? tmpdir() : await quickFolder(), 'chatapp-test-'));
    embedded = await startEmbeddedPostgres(dataDir, quiet);
    url = embedded.url;
    if (!isDurable) await forgetTheDisk(url);
  }
  const template = `template_${randomUUID().replaceAll('-', '')}`;
  await onServer(url, (client) => client.query(`create database ${template}`));
  await onServer(withDatabase(url, template), migrate);
  process.env[URL_NAME] = url;
  process.env[TEMPLATE_NAME] = template;
};

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is set by mocha's hook before the run`);
  return value;
};

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Makes another database with the same content. Nobody may be connected to this one. */
  copy(): Promise<TestDatabase>;
  drop(): Promise<void>;
}

const copyOf = async (template: string): Promise<TestDatabase> => {
  const url = setting(URL_NAME);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(url, (client) => client.query(`create database ${name} template ${template} strategy file_copy`));
  const pool = createPool({ url: withDatabase(url, name), max: 10, name: 'test', onIdleError: () => undefined });
  return {
    url: withDatabase(url, name),
    pool,
    copy: () => copyOf(name),
    drop: async () => {
      if (!pool.ended) await pool.end();
      await onServer(url, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
};

/** Mocha calls it before the whole run. */
export const mochaGlobalSetup = (): Promise<void> => startTestServer({ isDurable: false });

/** Makes a fresh, migrated database. */
export const testDatabase = (): Promise<TestDatabase> => copyOf(setting(TEMPLATE_NAME));

/** Removes what the run has created: mocha calls it after the whole run. */
export const mochaGlobalTeardown = async (): Promise<void> => {
  if (dataDir === undefined)
    await onServer(setting(URL_NAME), (client) => client.query(`drop database ${setting(TEMPLATE_NAME)} with (force)`));
  else {
    await embedded?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
