import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/embedded-postgres.js';

/** A PostgreSQL of one test alone, which the test takes away from its users. */
export interface OwnPostgres {
  readonly url: string;
  /** Stops all of its processes while its connections stay open, until it goes on. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Ends it: its connections end, and new ones are refused. */
  stop(): Promise<void>;
  /** Starts it again under the same address. */
  restart(): Promise<void>;
  /** Ends it for good. */
  remove(): Promise<void>;
}

const quiet = { info: () => undefined, warn: () => undefined };

export const startOwnPostgres = async (): Promise<OwnPostgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'chatapp-own-postgres-'));
  let running = await startEmbeddedPostgres(folder, quiet);
  let frozen: readonly number[] = [];
  const thaw = () => {
    for (const pid of frozen) process.kill(pid, 'SIGCONT');
    frozen = [];
  };
  return {
    url: running.url,
    freeze: async () => {
      const client = new pg.Client({ connectionString: running.url });
      await client.connect();
      const [main = 0] = (await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n').map(Number);
      process.kill(main, 'SIGSTOP'); // From now on it starts no other process.
      const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where pid is not null');
      frozen = [main, ...rows.map(({ pid }) => pid)];
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
      client.on('error', () => undefined); // it ends with the server
      void client.end();
    },
    thaw,
    stop: () => running.stop(),
    restart: async () => {
      running = await startEmbeddedPostgres(folder, quiet);
    },
    remove: async () => {
      thaw();
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
