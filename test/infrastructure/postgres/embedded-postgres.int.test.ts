import { expect } from 'chai';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import {
  AlreadyRunningError,
  findEmbeddedUrl,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { ask, askAgain, endProcesses, PROGRAM, quiet, startProcess, type ServerProcess } from './embedded-steps.js';

const isWindows = process.platform === 'win32';
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

const pidOf = async (dataDir: string): Promise<number> =>
  Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

describe('The embedded PostgreSQL', function () {
  this.timeout(120_000);
  let above: string;
  let dataDir: string;
  const servers: EmbeddedPostgres[] = [];
  const processes: ChildProcess[] = [];

  const start = async (): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres(dataDir, quiet);
    servers.push(server);
    return server;
  };
  const startOther = (user: { readonly uid?: number; readonly gid?: number } = {}): Promise<ServerProcess> => {
    // The cache of the compiler belongs to the user who made it first.
    const env = { ...process.env, ...(user.uid === undefined ? {} : { TMPDIR: above, HOME: above }) };
    return startProcess(dataDir, processes, { ...user, env });
  };

  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'chatapp embedded '));
    dataDir = join(above, 'data of ours');
  });
  afterEach(async () => {
    await endProcesses(processes);
    for (const server of servers.splice(0)) await server.stop();
    // A server that a killed process left running is taken over, so that it can be stopped.
    if (existsSync(join(dataDir, 'postgres', 'postmaster.pid')))
      await (await startEmbeddedPostgres(dataDir, quiet)).stop();
    await rm(above, { recursive: true, force: true });
  });

  it('keeps its data in a folder with spaces, and finds it again', async () => {
    const first = await start();
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).to.equal(false);
    const second = await start();
    expect(await ask(second.url, 'select answer from kept')).to.deep.equal([{ answer: 42 }]);
    await second.stop();
    expect((await readdir(dataDir)).sort()).to.deep.equal(['postgres', 'postgres.log', 'secrets.json']);
  });

  // Every user of the machine could connect to the port of the server, and try passwords.
  it('listens on a socket that is its own, in UTF-8, with its secrets to itself', async () => {
    const { url } = await start();
    const [settings] = await ask(
      url,
      `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
        current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as commit`,
    );
    const where = isWindows ? { addresses: '127.0.0.1', sockets: '' } : { addresses: '', sockets: '.' };
    expect(settings).to.deep.equal({ ...where, encoding: 'UTF8', commit: 'on' });
    const folder = await stat(join(dataDir, 'postgres'));
    expect(isWindows || folder.mode & 0o777).to.equal(isWindows || 0o700);
    const { mode } = await stat(join(dataDir, 'secrets.json'));
    expect(mode & 0o777).to.equal(0o600);
    const stranger = new URL(url);
    stranger.password = 'guessed';
    const refusal = await ask(stranger.href, 'select 1').catch((error: unknown) => (error as { code: string }).code);
    expect(refusal).to.equal('28P01');
  });

  it('is refused to a second server, while a tool may connect beside the first', async () => {
    const first = await start();
    const refusal = await startEmbeddedPostgres(dataDir, quiet).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(AlreadyRunningError);
    expect((refusal as Error).message).to.contain(dataDir);
    expect(await findEmbeddedUrl(dataDir)).to.equal(first.url);
    expect(await ask(first.url, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
  });

  it('lets one of several servers that start at once have an empty folder', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => start()));
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refusals).to.have.lengthOf(2);
    for (const refusal of refusals) expect(refusal).to.be.instanceOf(AlreadyRunningError);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('postgres.new'))).to.deep.equal([]);
  });

  it('is taken over from a server that was killed', async () => {
    const { child, url } = await startOther();
    await ask(url, 'create table kept as select 42 as answer');
    const pid = await pidOf(dataDir);
    child.kill('SIGKILL');
    const next = await start();
    expect(await ask(next.url, 'select answer from kept')).to.deep.equal([{ answer: 42 }]);
    expect(await pidOf(dataDir)).to.equal(pid);
  });

  it('starts after it was killed together with its server, though its pid is now that of another', async () => {
    const { child, url } = await startOther();
    await ask(url, 'create table kept as select 42 as answer');
    child.kill('SIGKILL');
    process.kill(await pidOf(dataDir), 'SIGKILL');
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    const stale = await readFile(file, 'utf8');
    // Starts a process of PostgreSQL's own user, which PostgreSQL takes for one of its own.
    const owner = await stat(file);
    const other = spawn('sleep', ['600'], { uid: owner.uid, gid: owner.gid, cwd: '/', stdio: 'ignore' });
    processes.push(other);
    await writeFile(file, stale.replace(/^\d+/, String(other.pid)));
    const socketLock = join(dataDir, 'postgres', '.s.PGSQL.5432.lock');
    if (!isWindows) await writeFile(socketLock, stale.replace(/^\d+/, String(other.pid)));
    const next = await start();
    expect(await ask(next.url, 'select answer from kept')).to.deep.equal([{ answer: 42 }]);
  });

  it('is started again in the same place when it dies, and is still refused to a second server', async () => {
    const { url } = await start();
    await ask(url, 'create table kept as select 42 as answer');
    const pid = await pidOf(dataDir);
    process.kill(pid, 'SIGKILL');
    expect(await askAgain(url, 'select answer from kept')).to.deep.equal([{ answer: 42 }]);
    expect(await pidOf(dataDir)).to.not.equal(pid);
    expect(await startEmbeddedPostgres(dataDir, quiet).catch((error: unknown) => error)).to.be.instanceOf(
      AlreadyRunningError,
    );
  });

  it('is refused to a second server in the very moment in which it is started again', async () => {
    const { child, url } = await startOther();
    for (let kills = 0; kills < 3; kills += 1) {
      const pid = await pidOf(dataDir);
      process.kill(pid, 'SIGKILL');
      for (let isBack = false; !isBack; isBack = (await pidOf(dataDir).catch(() => pid)) !== pid)
        expect(await startEmbeddedPostgres(dataDir, quiet).catch((error: unknown) => error)).to.be.instanceOf(
          AlreadyRunningError,
        );
      await askAgain(url, 'select 1');
    }
    expect(child.exitCode).to.equal(null);
  });

  it('is not held by a process that only has the pid of one that ended', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'postgres.owner'), `${process.ppid} of another time\n`);
    const { url } = await start();
    expect(await ask(url, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
  });

  it('takes its lock again when that connection alone is lost', async () => {
    const { url } = await start();
    const sessions = `from pg_stat_activity where application_name = 'chatapp server lock'`;
    const [before] = await ask<{ pid: number }>(url, `select pid ${sessions}`);
    await ask(url, `select pg_terminate_backend(${before?.pid ?? 0})`);
    let held: pg.QueryResultRow[] = [];
    while (held.length === 0)
      held = await ask(
        url,
        `select 1 ${sessions} and pid <> ${before?.pid ?? 0} and exists
        (select from pg_locks l where l.pid = pg_stat_activity.pid and l.locktype = 'advisory' and l.granted)`,
      );
    expect(await startEmbeddedPostgres(dataDir, quiet).catch((error: unknown) => error)).to.be.instanceOf(
      AlreadyRunningError,
    );
  });

  it('says so when its password is lost', async () => {
    const { child } = await startOther();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const file = join(dataDir, 'secrets.json');
    await rename(file, `${file}.lost`);
    const refusal = await startEmbeddedPostgres(dataDir, quiet).catch((error: unknown) => error);
    expect((refusal as Error).message).to.match(/^secrets\.json does not hold the password/);
    await rename(`${file}.lost`, file);
  });

  it('outlives a Ctrl-C in the terminal of its server', async () => {
    await start();
    const pid = await pidOf(dataDir);
    expect(process.kill(-pid, 0)).to.equal(true); // PostgreSQL has a process group of its own
  });

  it('runs for an ordinary user', async function () {
    // When the tests do not run as root, every other test here shows this; when that user cannot read the program, none
    // can.
    const user = { uid: NOBODY, gid: NOBODY };
    if (!isRoot || spawnSync('cat', [PROGRAM, process.execPath], { ...user, stdio: 'ignore' }).status !== 0)
      return this.skip();
    await chmod(above, 0o755);
    await mkdir(dataDir);
    for (const folder of [above, dataDir]) await chown(folder, NOBODY, NOBODY);
    const { line, url } = await startOther(user);
    expect(line).to.match(/^url /);
    expect(await ask(url, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
    expect((await stat(join(dataDir, 'postgres', 'PG_VERSION'))).uid).to.equal(NOBODY);
  });

  it('runs for root in a folder that nobody else may pass', async function () {
    if (!isRoot) return this.skip();
    await chmod(above, 0o700);
    await start();
    expect((await stat(join(dataDir, 'postgres', 'PG_VERSION'))).uid).to.not.equal(0);
    expect((await stat(above)).mode & 0o777).to.equal(0o700);
  });
});
