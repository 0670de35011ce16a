import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readlink, realpath, rm, stat, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findEmbeddedUrl,
  startEmbeddedPostgres,
} from '../../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { ask, askAgain, endProcesses, quiet, startProcess } from './embedded-steps.js';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

const linkOf = (url: string): string => new URL(url).searchParams.get('host') ?? '';

// On Windows PostgreSQL listens on a port of this machine.
(process.platform === 'win32' ? describe.skip : describe)('The socket of the embedded PostgreSQL', function () {
  this.timeout(120_000);
  let above: string;
  let dataDir: string;
  const processes: ChildProcess[] = [];

  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'chatapp socket '));
    dataDir = join(above, 'data of ours');
  });
  afterEach(async () => {
    await endProcesses(processes);
    await rm(above, { recursive: true, force: true });
  });

  const longName = () => join(above, 'long '.repeat(20), 'data of ours');

  it('is reached by a short name in the temporary folder, also by a tool and after a kill', async () => {
    dataDir = longName();
    const { child, url } = await startProcess(dataDir, processes);
    const link = linkOf(url);
    expect(link.startsWith(tmpdir()), link).to.equal(true);
    expect(await readlink(link)).to.equal(join(await realpath(dataDir), 'postgres'));
    expect(await findEmbeddedUrl(dataDir)).to.equal(url);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await startEmbeddedPostgres(dataDir, quiet);
    expect(next.url).to.equal(url);
    await next.stop();
    expect(existsSync(link)).to.equal(false);
  });

  it('refuses a name that leads elsewhere', async () => {
    dataDir = longName();
    const first = await startEmbeddedPostgres(dataDir, quiet);
    const link = linkOf(first.url);
    await first.stop();
    await symlink(above, link);
    const refusal = await startEmbeddedPostgres(dataDir, quiet).catch((error: unknown) => error);
    await rm(link);
    expect(String(refusal)).to.include(`${link} is not the link`);
  });

  it('is moved to its socket from the port on which an earlier version has left it running', async () => {
    const first = await startEmbeddedPostgres(dataDir, quiet);
    await ask(first.url, 'create table kept as select 42 as answer');
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const { uid, gid } = await stat(file);
    const folder = join(await realpath(dataDir), 'postgres');
    const [program = ''] = (await readFile(join(folder, 'postmaster.opts'), 'utf8')).split(' ');
    await first.stop();
    const port = await freePort();
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`];
    const options = [...settings, `chatapp.folder=${folder}`].flatMap((setting) => ['-c', setting]);
    spawn(program, ['-D', process.platform === 'linux' ? '/proc/self/cwd' : folder, ...options], {
      uid,
      gid,
      cwd: folder,
      stdio: 'ignore',
    });
    const before = new URL(first.url);
    before.search = '?sslmode=disable';
    before.hostname = '127.0.0.1';
    before.port = String(port);
    await askAgain(before.href, 'select 1');
    expect(await findEmbeddedUrl(dataDir)).to.equal(before.href); // a tool accepts the address unchanged
    const next = await startEmbeddedPostgres(dataDir, quiet);
    expect(next.url).to.equal(first.url);
    expect(await ask(next.url, 'select answer from kept')).to.deep.equal([{ answer: 42 }]);
    expect(await ask(next.url, 'show listen_addresses')).to.deep.equal([{ listen_addresses: '' }]);
    await next.stop();
  });
});
