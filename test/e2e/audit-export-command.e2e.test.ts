import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { chatapp, chatappHere } from '../support/cli.js';
import { logKeyOf, verifyBoth } from '../support/export-calls.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { upload } from '../support/upload.js';

const run = promisify(execFile);
const MEBIBYTE = 1_048_576;
const REASON = ['--reason', 'Complaint 2026-17'];

describe('chatapp audit export', function () {
  this.timeout(240_000);
  let app: RunningApp;
  let eva: SignedUp;
  let ada: SignedUp;
  let folder: string;
  let key: string;
  let sent: { conversationId: string; position: string };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-exported-'));
    app = await startApp({ env: { RATE_LIMIT_SCALE: '1000' } });
    [eva, ada] = [await signUp(app, 'eva'), await signUp(app, 'ada')];
    await makeAuditors(app, eva);
    key = await logKeyOf(app, eva);
    sent = await send(app, ada, { recipientId: eva.userId, text: 'exported here' });
  });
  after(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const exportTo = (out: string, ...args: string[]) =>
    chatappHere(toolEnvironment(app), 'audit', 'export', '--out', out, ...REASON, ...args);

  it('writes a bundle that is verified, beside a running server, and is recorded', async () => {
    const out = join(folder, 'bundle.zip');
    const { code, err } = await chatapp(toolEnvironment(app), 'audit', 'export', '--out', out, ...REASON);
    expect(code, err).to.equal(0);
    const bytes = await readFile(out);
    expect(await verifyBoth(folder, key, { bytes })).to.include({ complete: true });
    expect((await stat(out)).mode & 0o777).to.equal(0o600);
    const verified = await chatapp({}, 'audit', 'verify', out, '--key', key);
    expect(verified.out).to.include('none is left out');
    const { body } = await auditing(app, eva)('GET', '/events?type=AuditStreamStarted&limit=500');
    const calls = (body['events'] as { data: { call: string; reason: string } }[]).map(({ data }) => data);
    expect(calls.at(-1)).to.include({ call: 'chatapp audit export', reason: 'Complaint 2026-17', auditorId: null });
  });

  it('writes several files where one does not hold all, and each is proven by itself', async () => {
    const out = join(folder, 'parts.zip');
    const { code, out: said } = await exportTo(out, '--limit', '5', '--before', sent.position, '--json');
    expect(code).to.equal(0);
    const { bundles } = JSON.parse(said) as { bundles: { file: string; events: number }[] };
    expect(bundles.length).to.be.at.least(2);
    expect(bundles[1]?.file).to.equal(join(folder, 'parts-2.zip'));
    for (const { file, events } of bundles)
      expect(await verifyBoth(folder, key, { bytes: await readFile(file) })).to.include({ events, complete: true });
  });

  it('refuses what cannot be exported, and leaves no file behind', async () => {
    const taken = join(folder, 'bundle.zip');
    for (const [args, message] of [
      [['--out', taken, ...REASON], 'is there already'],
      [['--out', join(folder, 'none', 'x.zip'), ...REASON], 'is not there'],
      [['--out', join(folder, 'x.zip')], 'say with --reason why, in 1 to'],
      [[...REASON], 'name with --out'],
      [['--out', join(folder, 'x.zip'), ...REASON, '--after', 'x'], '--after takes a position'],
      [['--out', join(folder, 'x.zip'), ...REASON, '--limit', '0'], '--limit takes a whole number'],
      [['--out', join(folder, 'x.zip'), ...REASON, '--from', 'x'], '--from takes a time'],
      [['--out', join(folder, 'x.zip'), ...REASON, '--after', '999999999'], 'The range has no event.'],
      [['--out', join(folder, 'x.zip'), ...REASON, '--user', 'nobody'], 'nobody'],
      [['--out', join(folder, 'x.zip'), ...REASON, '--user', 'ada', '--conversation', 'x'], 'not both'],
    ] as const) {
      const { code, err } = await chatappHere(toolEnvironment(app), 'audit', 'export', ...args);
      expect(code, err).to.equal(1);
      expect(err).to.include(message);
    }
    expect(await readdir(folder)).not.to.include('x.zip');
    // Also those whose file could not be made, and that nobody has begun to read.
    const recorded = async (type: string) => {
      const { body } = await auditing(app, eva)('GET', `/events?type=${type}&limit=500`);
      return (body['events'] as object[]).length;
    };
    expect(await recorded('AuditStreamEnded')).to.equal(await recorded('AuditStreamStarted'));
  });

  it('says so where the disk is full, and leaves nothing of the file behind', async function () {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    // A small disk of its own is mounted there, which root alone may do, and in Linux.
    const isMounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).then(
      () => true,
      () => false,
    );
    if (!isMounted) this.skip();
    try {
      await upload(app, ada, randomBytes(5 * MEBIBYTE), 'large.bin');
      const { code, err } = await exportTo(join(disk, 'bundle.zip'));
      expect(code).to.equal(1);
      expect(err).to.include('the disk has no room');
      expect(await readdir(disk)).to.deep.equal([]);
    } finally {
      await run('umount', [disk]);
    }
  });
});
