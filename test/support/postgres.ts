import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../src/infrastructure/postgres/migrate.js';
import { createPool } from '../../src/infrastructure/postgres/pool.js';

const TEMPLATE = `template_${randomUUID().replaceAll('-', '')}`;

let embedded: EmbeddedPostgres | undefined;
let dataDir: string | undefined;
let server: Promise<string> | undefined;

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

/** One server for the whole run, with a migrated database to copy. `TEST_DATABASE_URL` names one of your own. */
const startServer = async (): Promise<string> => {
  let url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) {
    dataDir = await mkdtemp(join(tmpdir(), 'chatapp-test-'));
    embedded = await startEmbeddedPostgres(dataDir, quiet);
    url = embedded.url;
  }
  await onServer(url, (client) => client.query(`create database ${TEMPLATE}`));
  await onServer(withDatabase(url, TEMPLATE), migrate);
  return url;
};

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  drop(): Promise<void>;
}

/** A fresh, migrated database. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const url = await (server ??= startServer());
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(url, (client) => client.query(`create database ${name} template ${TEMPLATE}`));
  const pool = createPool({ url: withDatabase(url, name), max: 10, name: 'test', onIdleError: () => undefined });
  return {
    url: withDatabase(url, name),
    pool,
    drop: async () => {
      await pool.end();
      await onServer(url, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
};

/** Mocha's hooks for the whole run. */
export const mochaGlobalTeardown = async (): Promise<void> => {
  if (server) await onServer(await server, (client) => client.query(`drop database ${TEMPLATE} with (force)`));
  await embedded?.stop();
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
};
