import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { access, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findBinaries } from './binaries.js';
import { findOsUser, hideBehind, own, requireReach, type OsUser } from './os-user.js';
import { SOCKET_PORT, hasSockets } from './server-socket.js';
import { hasStalePidFile, untilAnswering, type Cluster, type RunningCluster } from './running-cluster.js';

const SUPERUSER = 'chatapp';

/** It works in its folder: so the name of its socket is short, and needs no way to it for another user. */
const WHERE = hasSockets
  ? { listen_addresses: '', unix_socket_directories: '.' }
  : { listen_addresses: '127.0.0.1', unix_socket_directories: '' };

const SETTINGS = {
  ...WHERE,
  max_connections: '80',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  jit: 'off',
  logging_collector: 'off',
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

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const initialise = async (draft: string, password: string, initdb: string, user: OsUser): Promise<void> => {
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await own(passwordFile, user);
  const handle = await open(passwordFile);
  await rm(passwordFile);
  try {
    const options = [`--pgdata=${hideBehind(draft, user)}`, `--username=${SUPERUSER}`, '--pwfile=/dev/stdin'];
    const fixed = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
    const { status, stderr, error } = spawnSync(initdb, [...options, ...fixed], {
      ...user,
      encoding: 'utf8',
      cwd: draft,
      stdio: [handle.fd, 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`PostgreSQL could not be set up in ${draft}: ${stderr}`, { cause: error });
  } finally {
    await handle.close();
  }
};

/** Makes the data beside its place, and moves it there whole: a start that is killed leaves nothing half made. */
const create = async ({ folder, password }: Cluster, initdb: string, user: OsUser): Promise<void> => {
  const draft = await mkdtemp(`${folder}.new-`);
  try {
    await own(draft, user);
    requireReach(draft, user);
    await initialise(draft, password, initdb, user);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another start may have been faster.
    if (!(await exists(join(folder, 'PG_VERSION')))) throw error;
  }
};

const launch = ({ folder }: Cluster, postgres: string, user: OsUser, port: number): number => {
  const log = openSync(`${folder}.log`, 'a', 0o600);
  // The last one says whose it is, also to those who see nothing but the command line.
  const settings = Object.entries({ ...SETTINGS, port, 'chatapp.folder': folder });
  const options = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // In a process group of its own: Ctrl-C is for us, and we stop it when everything that needs it has stopped.
  const child = spawn(postgres, ['-D', hideBehind(folder, user), ...options], {
    ...user,
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined); // a child without a pid is told below
  child.unref();
  if (child.pid === undefined) throw new Error(`PostgreSQL could not be started from ${postgres}`);
  return child.pid;
};

/** Starts PostgreSQL on the folder, making its data first where there is none; recovers by itself after a crash. */
export const start = async (cluster: Cluster, fixedPort?: number): Promise<RunningCluster> => {
  const { folder } = cluster;
  const user = findOsUser();
  const { initdb, postgres } = await findBinaries(user);
  if (!(await exists(join(folder, 'PG_VERSION')))) await create(cluster, initdb, user);
  requireReach(folder, user);
  // PostgreSQL itself trusts a stale one as soon as any process of the same user has that pid, as after a reboot.
  if (await hasStalePidFile(cluster))
    for (const name of ['postmaster.pid', `.s.PGSQL.${SOCKET_PORT}.lock`])
      await rm(join(folder, name), { force: true });
  const port = hasSockets ? SOCKET_PORT : (fixedPort ?? (await freePort()));
  const running = { pid: launch(cluster, postgres, user, port), port };
  if (!(await untilAnswering(cluster, running))) throw new Error(`PostgreSQL did not start; see ${folder}.log`);
  return running;
};
