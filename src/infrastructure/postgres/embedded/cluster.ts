import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { access, chown, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import { findOsUser, ownFolder, type OsUser } from './os-user.js';

const SUPERUSER = 'chatapp';
const DATABASE = 'chatapp';
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '80',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  jit: 'off',
  logging_collector: 'off',
};

/** A PostgreSQL under a folder of ours. */
export interface Cluster {
  readonly folder: string;
  readonly password: string;
}

/** Where a running one listens. */
export interface RunningCluster {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
};

const urlOf = ({ password }: Cluster, port: number, database: string): string =>
  `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

const canConnect = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // the attempt itself tells
  try {
    await client.connect();
    return true;
  } catch {
    return false; // not there, or still recovering: the caller asks again
  } finally {
    await client.end().catch(() => undefined);
  }
};

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** What `postmaster.pid` says, line by line; zeros when there is none. */
const readPidFile = async ({ folder }: Cluster): Promise<PidFile> => {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => ''); // none: nothing runs
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
};

/** The PostgreSQL that runs on this folder, also when an earlier process of ours started it. */
export const findRunning = async (cluster: Cluster): Promise<RunningCluster | undefined> => {
  const { pid, port, isReady } = await readPidFile(cluster);
  const url = urlOf(cluster, port, DATABASE);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (pid > 0 && port > 0 && isAlive(pid) && Date.now() < deadline) {
    if (await canConnect(url)) return { pid, port, url };
    if (isReady) return undefined; // the file is stale, and its pid is now somebody else's
    await sleep(POLL_MS);
  }
  return undefined;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const initialise = async (cluster: Cluster, initdb: string, user: OsUser): Promise<void> => {
  const { folder, password } = cluster;
  const passwordFile = `${folder}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) await chown(passwordFile, user.uid, user.gid);
  const options = [`--pgdata=${folder}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
  const fixed = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const { status, stderr } = spawnSync(initdb, [...options, ...fixed], { ...user, encoding: 'utf8', cwd: '/' });
  await rm(passwordFile);
  if (status !== 0) throw new Error(`PostgreSQL could not be set up in ${folder}: ${stderr}`);
};

const launch = (cluster: Cluster, postgres: string, user: OsUser, port: number): number => {
  const log = openSync(`${cluster.folder}.log`, 'a', 0o600);
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // In a process group of its own: Ctrl-C is for us, and we stop it when everything that needs it has stopped.
  const child = spawn(postgres, ['-D', cluster.folder, ...settings], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined); // a child without a pid is told below
  child.unref();
  if (child.pid === undefined) throw new Error(`PostgreSQL could not be started from ${postgres}`);
  return child.pid;
};

const createDatabase = async (cluster: Cluster, port: number): Promise<void> => {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
};

/** Starts PostgreSQL on the folder, making its data first where there is none; recovers by itself after a crash. */
export const start = async (cluster: Cluster, fixedPort?: number): Promise<RunningCluster> => {
  const user = findOsUser();
  const { initdb, postgres } = await findBinaries(user);
  await ownFolder(cluster.folder, user);
  const isNew = await access(`${cluster.folder}/PG_VERSION`).then(
    () => false,
    () => true,
  );
  if (isNew) await initialise(cluster, initdb, user);
  const port = fixedPort ?? (await freePort());
  const pid = launch(cluster, postgres, user, port);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await canConnect(urlOf(cluster, port, 'postgres')))) {
    if (!isAlive(pid)) throw new Error(`PostgreSQL did not start; see ${cluster.folder}.log`);
    if (Date.now() > deadline) throw new Error(`PostgreSQL does not answer; see ${cluster.folder}.log`);
    await sleep(POLL_MS);
  }
  await createDatabase(cluster, port);
  return { pid, port, url: urlOf(cluster, port, DATABASE) };
};

/** Stops it in the fast way: connections are ended, everything is written. */
export const stop = async ({ pid }: RunningCluster): Promise<void> => {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL (process ${pid}) does not stop`);
    await sleep(POLL_MS);
  }
};
