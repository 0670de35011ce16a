import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createPostgresEventStore } from '../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../src/infrastructure/postgres/migrate.js';
import { killDatabase } from '../support/kill-database.js';
import { testCodec } from '../support/test-codec.js';
import { untilAnswering } from './until-answering.js';
import { checkLog, type Acknowledged } from './check-log.js';

const WRITERS = 3;
const KILL_EVERY_MS = 1_500;
const POLL_MS = 50;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface TortureResult {
  readonly events: number;
  readonly acknowledged: number;
  readonly writersKilled: number;
  readonly databaseKilled: number;
  /** It is empty when the log is as it should be. */
  readonly faults: readonly string[];
}

interface Writer {
  readonly child: ChildProcess;
  acknowledged: number;
}

/** The processes that write. They are killed one after another, and each is replaced by another. */
class Writers {
  readonly acknowledged: Acknowledged[] = [];
  readonly #url: string;
  #running: Writer[] = [];
  killed = 0;

  constructor(url: string) {
    this.#url = url;
    for (let n = 0; n < WRITERS; n += 1) this.#start();
  }

  #start(): void {
    const child = fork(new URL('./writer.ts', import.meta.url), [this.#url], { execArgv: ['--import', 'tsx'] });
    const writer = { child, acknowledged: 0 };
    child.on('message', (append: Acknowledged) => {
      this.acknowledged.push(append);
      writer.acknowledged += 1;
    });
    this.#running.push(writer);
  }

  /** Kills the oldest process. On a slow machine the process first gets the time to write something. */
  async killOldest(): Promise<void> {
    const [oldest, ...others] = this.#running;
    this.#running = others;
    if (!oldest) return;
    while (oldest.acknowledged === 0 && oldest.child.exitCode === null) await sleep(POLL_MS);
    await kill(oldest);
    this.killed += 1;
    this.#start();
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#running.map(kill));
    this.#running = [];
  }
}

const kill = async ({ child }: Writer): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error('a writer has ended by itself');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

export interface TortureOptions {
  readonly seconds: number;
  /** The run lasts longer if this many appends have not been acknowledged by its end, or not so many writers killed. */
  readonly appends: number;
  readonly kills: number;
  readonly onProgress: (line: string) => void;
}

/**
 * Tortures a log for this long: writers are killed one after another, and the database is killed once, in the middle.
 */
export const torture = async ({ seconds, appends, kills, onProgress }: TortureOptions): Promise<TortureResult> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'chatapp-torture-'));
  const embedded = await startEmbeddedPostgres(dataDir, log);
  const { url } = embedded;
  try {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await migrate(client).finally(() => client.end());
    const writers = new Writers(url);
    const endsAt = Date.now() + seconds * 1_000;
    let databaseKilled = 0;
    while (Date.now() < endsAt || writers.acknowledged.length < appends || writers.killed < kills) {
      await sleep(Math.min(KILL_EVERY_MS, Math.max(0, endsAt - Date.now())));
      if (databaseKilled === 0 && Date.now() > endsAt - seconds * 500) {
        databaseKilled += 1;
        await killDatabase(dataDir);
      }
      await writers.killOldest();
      onProgress(
        `${writers.acknowledged.length} appends acknowledged, ${writers.killed} writers and ${databaseKilled} databases killed`,
      );
    }
    await writers.killAll();
    const pool = await untilAnswering(url);
    const store = await createPostgresEventStore({ pool, codec: testCodec, log });
    const { faults, events } = await checkLog(store, writers.acknowledged);
    await store.close();
    await pool.end();
    return { events, acknowledged: writers.acknowledged.length, writersKilled: writers.killed, databaseKilled, faults };
  } finally {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
