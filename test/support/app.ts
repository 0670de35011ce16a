import { spawn, type ChildProcess } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { built } from './built.js';
import { mailedToken, noteDataFolder } from './kept-mails.js';
import { newDatabaseName } from './mongodb.js';
import { KurrentDbDouble } from './kurrentdb-double/kurrentdb-double.js';
import { testDatabase } from './postgres.js';

const START_TIMEOUT_MS = 180_000;
const POLL_MS = 25;

/** The whole app runs in a process of its own, on a fresh database or on the embedded one of its data folder. */
export interface RunningApp {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `ws://127.0.0.1:<port>/ws/` */
  readonly socketUrl: string;
  readonly pid: number;
  readonly dataDir: string;
  /** It is undefined for an app on its embedded database. */
  readonly databaseUrl: string | undefined;
  /** The database of its messages; undefined where PostgreSQL has them. */
  readonly mongoUrl: string | undefined;
  /** Where its log is, unless it is in its database. */
  readonly logUrl: string | undefined;
  readonly jwtSecret: string;
  readonly masterKey: string;
  /** Answers everything that it has written to stdout and stderr. */
  output(): string;
  /** Answers the token of the newest verification mail to this address. */
  mailedToken(email: string): Promise<string>;
  /** Asks it to stop, waits until it has ended, and answers its exit code. */
  stop(): Promise<number | null>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

export interface AppOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Further options for the Node that runs the app. */
  readonly nodeOptions?: readonly string[];
  /** The app runs on the embedded database under this folder, and leaves it there. */
  readonly dataDir?: string;
  /** The app runs as another node on the database of this one, with the same secrets. */
  readonly beside?: Pick<RunningApp, 'databaseUrl' | 'jwtSecret' | 'masterKey'> &
    Partial<Pick<RunningApp, 'mongoUrl' | 'logUrl'>>;
}

const waitForUrl = async (child: ChildProcess, output: () => string): Promise<string> => {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const url = /API\s+(http:\S+)/.exec(output())?.[1];
    if (url !== undefined && output().includes('Press Ctrl-C')) return url;
    if (child.exitCode !== null) throw new Error(`the app ended with ${child.exitCode}: ${output()}`);
    await sleep(POLL_MS);
  }
  throw new Error(`the app did not start in time: ${output()}`);
};

/**
 * Answers options for the Node that runs the app. `APP_NODE_OPTIONS` adds some, for a profile or a debugger. Users start it with
 * `--enable-source-maps`, too: reading the maps is an eighth of the work of a start, and serves nobody while no error is thrown.
 */
const nodeOptions = ({ nodeOptions: more = [] }: AppOptions): string[] => [
  '--max-semi-space-size=64',
  ...more,
  ...(process.env['APP_NODE_OPTIONS']?.split(' ') ?? []),
];

const newSecret = (): string => randomBytes(32).toString('hex');

/** This variable names a MongoDB server on which every app of the run has its messages, each in a database of its own. */
const MESSAGES_AT = 'CHATAPP_TEST_MESSAGES_AT';

const mongoUrlOf = ({ dataDir, beside }: AppOptions): string | undefined => {
  const server = process.env[MESSAGES_AT];
  if (server === undefined || beside) return beside?.mongoUrl;
  const name = dataDir === undefined ? newDatabaseName() : `test_${hash('sha1', dataDir)}`;
  return `${server}${name}`;
};

/** With this variable, every app of the run has its log on a double of KurrentDB of its own. */
const LOG_ON_DOUBLE = 'CHATAPP_TEST_LOG_ON_DOUBLE';

const logOf = async ({ dataDir, beside }: AppOptions): Promise<{ url: string | undefined; stop: () => void }> => {
  const hasDouble = process.env[LOG_ON_DOUBLE] !== undefined && !beside && dataDir === undefined;
  if (!hasDouble) return { url: beside?.logUrl, stop: () => undefined };
  const double = await new KurrentDbDouble().start();
  return { url: double.url, stop: () => double.stop() };
};

/** Answers where an app keeps its data and which secrets it has; it makes a database for an app that brings none. */
const placeOf = async (options: AppOptions) => {
  const { dataDir, beside } = options;
  const database = dataDir === undefined && !beside ? await testDatabase() : undefined;
  const log = await logOf(options);
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'chatapp-app-')));
  const { jwtSecret, masterKey } = beside ?? { jwtSecret: newSecret(), masterKey: newSecret() };
  return {
    dataDir: folder,
    databaseUrl: beside?.databaseUrl ?? database?.url,
    mongoUrl: mongoUrlOf(options),
    logUrl: log.url,
    jwtSecret,
    masterKey,
    release: async () => {
      await database?.drop();
      log.stop();
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Launches the process of an app, which may not be ready yet, and may never be. */
export const launchApp = async (options: AppOptions = {}) => {
  await built();
  const place = await placeOf(options);
  const { dataDir, databaseUrl, mongoUrl = '', logUrl = '', jwtSecret, masterKey } = place;
  const secrets = { JWT_SECRET: jwtSecret, MASTER_KEY: masterKey };
  const env = {
    ...process.env,
    PORT: '0',
    DATA_DIR: dataDir,
    BCRYPT_COST: '4',
    RATE_LIMIT_SCALE: '1000',
    MONGODB_URL: mongoUrl,
    KURRENTDB_URL: logUrl,
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl, ...secrets }),
    ...options.env,
  };
  const args = [...nodeOptions(options), 'dist/main.js'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const output = () => text;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  // What it has written last is read by then, unlike at its exit.
  const ended = once(child, 'close');
  return { child, output, ended, place };
};

export const startApp = async (options: AppOptions = {}): Promise<RunningApp> => {
  const { child, output, ended, place } = await launchApp(options);
  const { dataDir, databaseUrl, mongoUrl, logUrl, jwtSecret, masterKey, release } = place;
  const url = await waitForUrl(child, output).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await release();
    throw error;
  });
  const installation = databaseUrl ?? dataDir;
  noteDataFolder(installation, dataDir);
  return {
    url,
    socketUrl: `${url.replace('http', 'ws')}/ws/`,
    pid: child.pid ?? 0,
    dataDir,
    databaseUrl,
    mongoUrl,
    logUrl,
    jwtSecret,
    masterKey,
    output,
    mailedToken: (email) => mailedToken(installation, email),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await release();
      return child.exitCode;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      await release();
    },
  };
};
