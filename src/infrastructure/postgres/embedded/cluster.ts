import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findBinaries } from './binaries.js';
import { createData } from './create-data.js';
import { findOsUser, hideBehind, requireReach, type OsUser } from './os-user.js';
import { SOCKET_PORT, hasSockets } from './server-socket.js';
import { endAnyhow, hasStalePidFile, untilAnswering, type Cluster, type RunningCluster } from './running-cluster.js';

/** PostgreSQL works in its folder: so the name of its socket is short, and another user needs no path to it. */
const WHERE = hasSockets
  ? { listen_addresses: '', unix_socket_directories: '.' }
  : { listen_addresses: '127.0.0.1', unix_socket_directories: '' };

const SETTINGS = {
  ...WHERE,
  max_connections: '200',
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

const launch = ({ folder }: Cluster, postgres: string, user: OsUser, port: number) => {
  const log = openSync(`${folder}.log`, 'a', 0o600);
  // The last argument names its owner, also to those who see nothing but the command line.
  const settings = Object.entries({ ...SETTINGS, port, 'chatapp.folder': folder });
  const options = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // It is in a process group of its own: Ctrl-C is for us, and we stop it when everything that needs it has stopped.
  const child = spawn(postgres, ['-D', hideBehind(folder, user), ...options], {
    ...user,
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined); // a child without a pid is reported below
  child.unref();
  if (child.pid === undefined) throw new Error(`PostgreSQL could not be started from ${postgres}`);
  // The command line of a process is still empty at the moment of its start.
  return { pid: child.pid, lives: () => child.exitCode === null && child.signalCode === null };
};

/** The options for starting PostgreSQL. */
export interface StartOptions {
  /** The port on which it listens, on a system without sockets. */
  readonly port?: number;
  /** Ends the start. */
  readonly signal: AbortSignal;
}

/**
 * Starts PostgreSQL on the folder, and makes its data first where there is none. It recovers by itself after a crash. A start
 * that fails leaves nothing running; where the signal ends it, it raises the signal's reason.
 */
export const start = async (cluster: Cluster, { port: fixedPort, signal }: StartOptions): Promise<RunningCluster> => {
  const { folder } = cluster;
  const user = findOsUser();
  const { initdb, postgres } = await findBinaries(user);
  await createData(cluster, { initdb, user, signal });
  requireReach(folder, user);
  // PostgreSQL itself trusts a stale file as soon as any process of the same user has that pid, as after a reboot.
  if (await hasStalePidFile(cluster))
    for (const name of ['postmaster.pid', `.s.PGSQL.${SOCKET_PORT}.lock`])
      await rm(join(folder, name), { force: true });
  const port = hasSockets ? SOCKET_PORT : (fixedPort ?? (await freePort()));
  signal.throwIfAborted();
  const { pid, lives } = launch(cluster, postgres, user, port);
  const running = { pid, port };
  try {
    if (!(await untilAnswering(cluster, running, signal, lives)))
      throw new Error(`PostgreSQL did not start; see ${folder}.log`);
    return running;
  } catch (error) {
    await endAnyhow(cluster, running);
    throw error;
  }
};
