import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isExecutable, onPath } from './programs.js';

const START_TIMEOUT_MS = 30_000;
const LOOK_AGAIN_MS = 20;

export interface NatsServer {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly url: string;
  readonly clusterUrl: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  /** Stops it from doing anything while its connections stay open, until it goes on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

export interface NatsServerOptions {
  /** Further lines of its configuration. */
  readonly settings?: string;
  /** Another server whose cluster it joins. */
  readonly beside?: Pick<NatsServer, 'clusterUrl'>;
}

const found = ['nats-server', '/usr/sbin/nats-server'].flatMap((name) =>
  name.startsWith('/') ? [name] : onPath(name),
);
const program = found.find(isExecutable);

export const hasNats = program !== undefined;

const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isReady: boolean) => {
      socket.destroy();
      resolve(isReady);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('end', () => end(false));
  });

const untilGreeting = async (child: ChildProcess, port: number): Promise<void> => {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await greets(port))) {
    if (child.exitCode !== null) throw new Error(`nats-server has ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error('nats-server did not start in time');
    await sleep(LOOK_AGAIN_MS);
  }
};

/** Starts a server of its own, on ports that nobody else has. */
export const startNats = async ({ settings = '', beside }: NatsServerOptions = {}): Promise<NatsServer> => {
  if (program === undefined) throw new Error('there is no nats-server on the path');
  const folder = await mkdtemp(join(tmpdir(), 'chatapp-nats-'));
  const [port, clusterPort] = [await freePort(), await freePort()];
  const routes = beside ? `routes: ["${beside.clusterUrl}"]` : '';
  const file = join(folder, 'nats.conf');
  await writeFile(
    file,
    `listen: "127.0.0.1:${port}"
     cluster { name: tests, listen: "127.0.0.1:${clusterPort}", no_advertise: true, ${routes} }
     ${settings}`,
  );
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const start = async (): Promise<void> => {
    child = spawn(program, ['-c', file], { stdio: 'ignore' });
    exited = once(child, 'exit');
    await untilGreeting(child, port);
  };
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL');
    await exited;
  };
  await start();
  return {
    host: `127.0.0.1:${port}`,
    url: `nats://127.0.0.1:${port}`,
    clusterUrl: `nats://127.0.0.1:${clusterPort}`,
    kill,
    restart: start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const WAITING = 'waits for a `nats-server` on the path';

/** Says why no server can be started; undefined where one can. */
export const natsMissing: string | undefined = program === undefined ? WAITING : undefined;

/** Describes what happens on NATS. Where there is no server, the tests are pending, and say what they wait for. */
export const describeOnNats = (title: string, tests: (this: Mocha.Suite) => void): void => {
  if (program === undefined) {
    describe(title, () => it(WAITING));
    return;
  }
  describe(title, function () {
    before(() => {
      const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
      process.stdout.write(`${title}: tested on ${version}\n`);
    });
    tests.call(this);
  });
};
