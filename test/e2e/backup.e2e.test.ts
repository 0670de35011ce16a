import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { built } from '../support/built.js';
import { call } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { logIn, send, signUp, type SignedUp } from '../support/signed-up.js';
import { untilReady } from '../support/until-ready.js';
import { download, upload } from '../support/upload.js';

const LONG_MS = 600_000;
/** A copy may be whole before a signal has reached it. */
const TRIED = 20;

describe('A back-up of the embedded data', function () {
  this.timeout(LONG_MS);
  let place: string;
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;
  const acknowledged: string[] = [];
  /** Files that were sent, by their ids. */
  const files = new Map<string, Buffer>();
  const loadEnds = new AbortController();
  let load: Promise<void>;

  const dataDir = () => join(place, 'data');
  const settings = () => ({ DATA_DIR: dataDir(), DATABASE_URL: '', JWT_SECRET: '', MASTER_KEY: '' });
  const run = (args: string[], more: Record<string, string> = {}) => {
    const env = Object.fromEntries(Object.entries({ ...settings(), ...more }).filter(([, value]) => value !== ''));
    return chatappHere(env, ...args);
  };

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'chatapp-backup-'));
    await chmod(place, 0o711); // the database's user passes through
    app = await startApp({ dataDir: dataDir(), env: { MEDIA_KEEP_UNATTACHED: '5s' } });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    conversationId = (await send(app, ada, { recipientId: bob.userId, text: 'the first' })).conversationId;
    load = (async () => {
      while (!loadEnds.signal.aborted) {
        const bytes = randomBytes(70_000);
        const { mediaId } = await upload(app, ada, bytes);
        await upload(app, ada, 'what is not sent is removed soon');
        const json = { recipientId: bob.userId, text: 'under load', attachments: [mediaId] };
        const sent = await call(app, 'POST', '/message/v1/send', { token: ada.accessToken, json });
        if (sent.status !== 201) continue; // on a slow machine the file is removed before it is sent
        acknowledged.push(String(sent.body['messageId']));
        files.set(mediaId, bytes);
      }
    })();
    await eventually(
      async () => acknowledged.length,
      (sent) => sent > 20,
    );
  });
  after(async () => {
    loadEnds.abort();
    await load;
    await app.stop();
    await rm(place, { recursive: true, force: true });
  });

  it('has everything that was acknowledged before it, and a server goes on with it', async () => {
    const [before, filesBefore] = [[...acknowledged], [...files]];
    const made = await run(['backup', '--to', join(place, 'one'), '--json']);
    expect(made.code, made.err).to.equal(0);
    expect(acknowledged.length, 'the load went on').to.be.greaterThan(before.length);
    const { events } = JSON.parse(made.out) as { events: number };
    expect(events).to.be.greaterThan(before.length);
    for (const name of ['manifest.json', 'database/log.events.jsonl'])
      expect((await stat(join(place, 'one', name))).mode & 0o777, name).to.equal(0o600);
    const secrets = join(dataDir(), 'secrets.json');
    const { masterKey } = JSON.parse(await readFile(secrets, 'utf8')) as { masterKey: string };
    expect(await readFile(join(place, 'one', 'manifest.json'), 'utf8')).not.to.include(masterKey);

    const restored = join(place, 'restored');
    const without = await run(['restore', '--from', join(place, 'one')], { DATA_DIR: restored });
    expect([without.code, without.err]).to.satisfy(() => without.err.includes('name yours with --secrets'));
    const outcome = await run(['restore', '--from', join(place, 'one'), '--secrets', secrets], { DATA_DIR: restored });
    expect(outcome.code, outcome.err).to.equal(0);
    const again = await run(['restore', '--from', join(place, 'one'), '--secrets', secrets], { DATA_DIR: restored });
    expect(again.err).to.include('is not empty');

    const copy = await startApp({ dataDir: restored });
    try {
      await untilReady(copy);
      const session = await logIn(copy, bob);
      for (const messageId of before) {
        const found = await call(copy, 'GET', `/message/v1/${messageId}`, { token: session.accessToken });
        expect([found.status, found.body['text']]).to.deep.equal([200, 'under load']);
      }
      const owner = await logIn(copy, ada);
      for (const [mediaId, bytes] of filesBefore) {
        const read = await download(copy, owner, mediaId);
        expect([read.status, read.bytes.equals(bytes)], mediaId).to.deep.equal([200, true]);
      }
      const on = await send(copy, { ...bob, ...session }, { recipientId: ada.userId, text: 'it goes on' });
      expect(on.conversationId).to.equal(conversationId);
      const verified = await run(['projections', 'verify', 'messages'], { DATA_DIR: restored });
      expect(verified.code, verified.out + verified.err).to.equal(0);
      const doctor = await run(['doctor'], { DATA_DIR: restored });
      expect(doctor.code, doctor.out).to.equal(0);
      expect(doctor.out).to.match(/ok +media/);
    } finally {
      await copy.stop();
    }
  });

  it('is refused where a byte of it is another one', async () => {
    const folder = join(place, 'damaged');
    const made = await run(['backup', '--to', folder, '--with-secrets']);
    expect(made.code, made.err).to.equal(0);
    const file = join(folder, 'database/log.events.jsonl');
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const target = join(place, 'from-damaged');
    const { code, err } = await run(['restore', '--from', folder], { DATA_DIR: target });
    expect(code).to.equal(1);
    expect(err).to.include('log.events.jsonl is damaged');
    expect((await readdir(place)).filter((name) => name.includes('from-damaged'))).to.deep.equal([]);
    const twice = await run(['backup', '--to', folder]);
    expect(twice.err).to.include('is there already');
  });

  // A part of the data would be missing, and nothing would say so.
  for (const [name, url] of Object.entries({
    DATABASE_URL: 'postgres://127.0.0.1:1/chat',
    KURRENTDB_URL: 'kurrentdb://127.0.0.1:1?tls=false',
    MONGODB_URL: 'mongodb://127.0.0.1:1/chat',
  }))
    it(`is refused, and so is restoring one, where ${name} names a store of one’s own`, async () => {
      const target = join(place, `of-${name}`);
      const made = await run(['backup', '--to', target], { [name]: url });
      const restored = await run(['restore', '--from', join(place, 'none')], { [name]: url, DATA_DIR: target });
      for (const { code, err } of [made, restored]) {
        expect(code).to.equal(1);
        expect(err).to.include(`${name} is set: of your own stores, make back-ups by their own tools`);
      }
      expect((await readdir(place)).filter((each) => each.includes(`of-${name}`))).to.deep.equal([]);
    });

  it('fails where the files of users are elsewhere', async () => {
    loadEnds.abort(); // an upload would fail while the folder of files is away
    await load;
    const media = join(dataDir(), 'media');
    const { out, err, code } = await run(['backup', '--to', join(place, 'whole')]);
    expect([code, out.includes('backed up'), err.includes('should be in it')], err).to.deep.equal([0, true, false]);
    await rename(media, join(place, 'elsewhere'));
    try {
      const made = await run(['backup', '--to', join(place, 'without-files')]);
      expect([made.code, made.out.includes('backed up')]).to.deep.equal([1, true]);
      expect(made.err).to.match(/[0-9]+ files of users should be in it/);
    } finally {
      await cp(join(place, 'elsewhere'), media, { recursive: true });
    }
  });

  const beside = async (name: string) => (await readdir(place)).filter((each) => each.includes(name));

  it('is ended in order by Ctrl-C, and so is restoring one: nothing of either is left', async () => {
    await built();
    const from = join(place, 'to-restore');
    expect((await run(['backup', '--to', from, '--with-secrets'])).code).to.equal(0);
    for (const [name, args] of [
      ['ended', ['backup', '--to', join(place, 'ended')]],
      ['again', ['restore', '--from', from]],
    ] as const) {
      let code: number | null = 0;
      for (let tried = 0; code === 0 && tried < TRIED; tried += 1) {
        await rm(join(place, name), { recursive: true, force: true });
        const data = name === 'again' ? join(place, name) : dataDir();
        const env = { ...process.env, DATA_DIR: data, MONGODB_URL: '' };
        const child = spawn(process.execPath, ['dist/cli.js', ...args], { env, stdio: 'ignore' });
        const ended = once(child, 'exit');
        await eventually(
          () => beside(name),
          (names) => names.length > 0,
        );
        child.kill('SIGINT');
        await ended;
        code = child.exitCode;
      }
      expect([code, await beside(name)], name).to.deep.equal([130, []]);
    }
  });

  it('leaves nothing that looks whole where it is killed', async () => {
    await built();
    const folder = join(place, 'killed');
    const env = { ...process.env, DATA_DIR: dataDir(), MONGODB_URL: '' };
    let names = ['killed'];
    for (let tried = 0; names.includes('killed') && tried < TRIED; tried += 1) {
      await rm(folder, { recursive: true, force: true });
      const child = spawn(process.execPath, ['dist/cli.js', 'backup', '--to', folder], { env, stdio: 'ignore' });
      const ended = once(child, 'exit');
      await eventually(
        () => beside('killed'),
        ({ length }) => length > 0,
      );
      child.kill('SIGKILL');
      await ended;
      names = await beside('killed');
    }
    expect(names).not.to.include('killed');
    const [draft = ''] = names;
    const { code, err } = await run(['restore', '--from', join(place, draft)], { DATA_DIR: join(place, 'none') });
    expect(code).to.equal(1);
    expect(err).to.include('is no whole back-up');
  });
});
