import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../src/infrastructure/postgres/embedded/embedded-postgres.js';
import { eventually } from '../../support/eventually.js';
import { ask, endProcesses, launchProcess, quiet } from './embedded-steps.js';
import { hasEnded, isAlive, postmasterOf, recoverSlowly } from './recovering.js';

const KEPT = ['postgres', 'postgres.log', 'secrets.json'];
const INTERRUPTED = new Error('interrupted');

// The test looks at files of Linux, and PostgreSQL runs commands of Linux for it.
(process.platform === 'linux' ? describe : describe.skip)('A start of the embedded PostgreSQL', function () {
  this.timeout(120_000);
  let above: string;
  let dataDir: string;
  const processes: ChildProcess[] = [];

  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'chatapp interrupted '));
    dataDir = join(above, 'data');
  });
  afterEach(async () => {
    for (const child of processes) child.kill('SIGCONT');
    await endProcesses(processes);
    const postmaster = await postmasterOf(dataDir);
    if (await isAlive(postmaster)) process.kill(postmaster, 'SIGKILL'); // it is still there when a test has failed
    await rm(above, { recursive: true, force: true, maxRetries: 10 });
  });

  const filesOf = async () => (await readdir(dataDir)).sort();
  const draftsOf = async () =>
    (await readdir(dataDir).catch(() => [])).filter((name) => /^postgres\.new-[^.]+$/.test(name));
  const untilDraft = () => eventually(draftsOf, (drafts) => drafts.length > 0);
  const answer = (url: string) => ask(url, 'select answer from kept');

  /** Makes a database with data in it, which is stopped. */
  const withData = async () => {
    const first = await startEmbeddedPostgres(dataDir, quiet);
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
  };

  const expectDataKept = async () => {
    const next = await startEmbeddedPostgres(dataDir, quiet);
    expect(await answer(next.url)).to.deep.equal([{ answer: 42 }]);
    await next.stop();
    expect(await filesOf()).to.deep.equal(KEPT);
  };

  /** Starts a server that waits for a PostgreSQL that does not answer yet. */
  const startRecovering = async () => {
    await withData();
    const recovery = await recoverSlowly(dataDir);
    const interruption = new AbortController();
    const started = startEmbeddedPostgres(dataDir, quiet, { signal: interruption.signal });
    const outcome = started.catch((error: unknown) => error);
    await recovery.untilRecovering();
    return { recovery, interruption, outcome, postmaster: await postmasterOf(dataDir) };
  };

  // A server that was asked to stop while its PostgreSQL recovered from a crash did not handle the signal: after
  // SHUTDOWN_TIMEOUT it ended with 1, and PostgreSQL went on running without an owner.
  it('that is interrupted while PostgreSQL recovers ends it', async () => {
    const { recovery, interruption, outcome, postmaster } = await startRecovering();
    interruption.abort(INTERRUPTED);
    expect(await outcome).to.equal(INTERRUPTED);
    await hasEnded(postmaster);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid')), 'it ended in order').to.equal(false);
    await recovery.end();
    await expectDataKept();
  });

  it('that is interrupted while PostgreSQL takes no signal ends it as a crash would', async () => {
    const { recovery, interruption, outcome, postmaster } = await startRecovering();
    process.kill(postmaster, 'SIGSTOP');
    interruption.abort(INTERRUPTED);
    expect(await outcome).to.equal(INTERRUPTED);
    await hasEnded(postmaster);
    await recovery.end();
    await recovery.untilOthersEnded();
    await expectDataKept();
  });

  it('again, after it died, is given up when the server stops', async () => {
    await withData();
    const server = await startEmbeddedPostgres(dataDir, quiet);
    const before = await postmasterOf(dataDir);
    const recovery = await recoverSlowly(dataDir);
    process.kill(before, 'SIGKILL');
    await recovery.untilRecovering();
    const postmaster = await postmasterOf(dataDir);
    await server.stop();
    await hasEnded(postmaster);
    expect(await filesOf()).to.deep.equal(KEPT);
    await recovery.end();
    await expectDataKept();
  });

  it('that is interrupted while it makes the data leaves nothing of it', async () => {
    const interruption = new AbortController();
    const started = startEmbeddedPostgres(dataDir, quiet, { signal: interruption.signal });
    const outcome = started.catch((error: unknown) => error);
    await untilDraft();
    interruption.abort(INTERRUPTED);
    expect(await outcome).to.equal(INTERRUPTED);
    expect(await filesOf()).to.deep.equal(['secrets.json']);
  });

  // Each start that was killed while it made the data left 39 MB that nobody ever removed.
  it('removes what one that was killed was making', async () => {
    const { child } = launchProcess(dataDir, processes);
    const [draft = ''] = await untilDraft();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const ofAnEarlierVersion = join(dataDir, 'postgres.new-Ab12Cd');
    await mkdir(ofAnEarlierVersion);
    await writeFile(join(ofAnEarlierVersion, 'PG_VERSION'), '18\n');
    await writeFile(`${ofAnEarlierVersion}.password`, 'secret\n');
    expect(await draftsOf()).to.include(draft);
    await (await startEmbeddedPostgres(dataDir, quiet)).stop();
    expect(await filesOf()).to.deep.equal(KEPT);
  });

  it('keeps what another one that lives is making', async () => {
    const { child, line } = launchProcess(dataDir, processes);
    const [draft = ''] = await untilDraft();
    child.kill('SIGSTOP'); // its initdb will find the data there when it ends
    const server = await startEmbeddedPostgres(dataDir, quiet);
    expect(await draftsOf()).to.deep.equal([draft]);
    child.kill('SIGCONT');
    expect(await line).to.match(/^refused AlreadyRunningError/);
    await server.stop();
    expect(await filesOf()).to.deep.equal(KEPT);
  });
});
