import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { freePort, isExecutable, onPath } from './programs.js';

const CACHE = join(import.meta.dirname, '../../.cache');
const START_TIMEOUT_MS = 60_000;
const LOOK_AGAIN_MS = 20;
const STAND_IN = 'FerretDB';

/** A program that can be started as a MongoDB server. */
interface Program {
  readonly path: string;
  readonly argsFor: (folder: string, port: number) => readonly string[];
}

/** A server for tests: one that runs, or one that is started for them. */
type Found = { readonly url: string } | Program;

/** Lists what `scripts/fetch-mongod.js` has fetched. */
const fetched = (): readonly string[] => {
  const folder = join(CACHE, 'mongod');
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return []; // Nothing was fetched.
  }
};

const mongod = (path: string): Program => ({
  path,
  argsFor: (folder, port) => ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--quiet'],
});

const ferretdb = (path: string): Program => ({
  path,
  argsFor: (folder, port) => [
    '--handler=sqlite',
    `--sqlite-url=file:${folder}/sqlite/`,
    `--state-dir=${folder}`,
    `--listen-addr=127.0.0.1:${port}`,
    '--debug-addr=-',
    '--telemetry=disable',
    '--log-level=error',
  ],
});

const findServer = (): Found | undefined => {
  const url = process.env['MONGODB_URL'];
  if (url !== undefined) return { url };
  const real = [...onPath('mongod'), ...fetched()].find(isExecutable);
  if (real !== undefined) return mongod(real);
  const standIn = [...onPath('ferretdb'), join(CACHE, 'bin/ferretdb')].find(isExecutable);
  return standIn === undefined ? undefined : ferretdb(standIn);
};

/** Waits until the server answers, and says what it is. */
const nameOf = async (url: string): Promise<string> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: START_TIMEOUT_MS });
  try {
    const { version, ferretdbVersion: standIn } = (await client.db('admin').command({ buildInfo: 1 })) as {
      version: string;
      ferretdbVersion?: string;
    };
    return standIn ? `${STAND_IN} ${standIn}` : `MongoDB ${version}`;
  } finally {
    await client.close();
  }
};

export interface MongoServer {
  readonly url: string;
  /** Its name and version. */
  readonly name: string;
  /** Ends it at once, as a crash does. It raises an error where the server is not of these tests. */
  kill(): Promise<void>;
  /** Starts it again with what it had stored. */
  restart(): Promise<void>;
  /** Whether it is FerretDB, which reads whole collections for nearly every request. */
  readonly isStandIn: boolean;
  /** Whether these tests have started it, and may kill it. */
  readonly isOwn: boolean;
  /** Stops it from doing anything while its connections stay open, until it goes on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const startProgram = async ({ path, argsFor }: Program): Promise<MongoServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'chatapp-mongo-'));
  await mkdir(join(folder, 'sqlite'));
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}/`;
  let running: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const restart = async (): Promise<string> => {
    running = spawn(path, argsFor(folder, port), { stdio: 'ignore' });
    exited = once(running, 'exit');
    return nameOf(url);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running?.kill(signal);
    await exited;
  };
  const name = await restart();
  return {
    url,
    name,
    kill: () => end('SIGKILL'),
    isStandIn: name.startsWith(STAND_IN),
    isOwn: true,
    restart: async () => {
      await restart();
    },
    freeze: () => void running?.kill('SIGSTOP'),
    thaw: () => void running?.kill('SIGCONT'),
    stop: async () => {
      await end('SIGKILL'); // Nothing that it holds is needed any more.
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const notOurs = (): never => {
  throw new Error('the server of MONGODB_URL is not ours to end');
};

const startServer = async (found: Found): Promise<MongoServer> => {
  if ('path' in found) return startProgram(found);
  const untouched = { kill: notOurs, restart: notOurs, freeze: notOurs, thaw: notOurs };
  const name = await nameOf(found.url);
  const isStandIn = name.startsWith(STAND_IN);
  return { ...found, name, ...untouched, isStandIn, isOwn: false, stop: async () => undefined };
};

const isReal = (found: Found): boolean => !('path' in found) || !found.path.endsWith('ferretdb');

/** What tests need of a server. */
export interface MongoNeeds {
  /** The real one: FerretDB does not know it, or does it differently. */
  readonly real?: boolean;
  /** One that the tests may kill. */
  readonly killable?: boolean;
}

const WAITING = 'waits for a MongoDB: MONGODB_URL, `mongod` on the path, or what scripts/build-ferretdb.sh builds';
const WAITING_FOR_REAL = 'waits for a real MongoDB: MONGODB_URL, or `mongod` on the path';
const WAITING_FOR_OWN = 'waits for a `mongod` or a `ferretdb` of its own, which it kills';

const missing = (found: Found | undefined, { real = false, killable = false }: MongoNeeds): string | undefined => {
  if (!found) return WAITING;
  if (real && !isReal(found)) return WAITING_FOR_REAL;
  return killable && !('path' in found) ? WAITING_FOR_OWN : undefined;
};

/** Starts what there is, outside of tests; undefined where there is nothing. */
export const startMongo = async (): Promise<MongoServer | undefined> => {
  const found = findServer();
  return found && startServer(found);
};

/** Finds what a test of these needs can run on: a server to start, or the reason why there is none. */
export const mongoFor = (
  needs: MongoNeeds = {},
): { readonly start: () => Promise<MongoServer> } | { readonly reason: string } => {
  const found = findServer();
  const reason = missing(found, needs);
  return !found || reason !== undefined ? { reason: reason ?? WAITING } : { start: () => startServer(found) };
};

/**
 * Describes what happens on a MongoDB, which is started once for all of these tests. Where there is none of the kind, they are
 * pending, and say what they wait for.
 */
export const describeOnMongo = (title: string, tests: (server: () => MongoServer) => void, needs: MongoNeeds = {}) => {
  const found = mongoFor(needs);
  if ('reason' in found) {
    describe(title, () => it(found.reason));
    return;
  }
  describe(title, () => {
    let server: MongoServer | undefined;

    before(async function () {
      this.timeout(START_TIMEOUT_MS);
      server = await found.start();
      process.stdout.write(`${title}: tested on ${server.name}\n`);
    });
    tests(() => {
      if (!server) throw new Error('the server is started before the first test');
      return server;
    });
    after(() => server?.stop()); // behind what the tests themselves do at the end
  });
};

/** Makes the name of a database that no other test has. */
export const newDatabaseName = (): string => `test_${randomUUID().replaceAll('-', '')}`;

/** Resolves when the server answers again. */
export const untilAnswering = async (url: string): Promise<void> => {
  for (;;)
    try {
      await nameOf(url);
      return;
    } catch {
      await sleep(LOOK_AGAIN_MS);
    }
};
