import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { built } from '../support/built.js';
import { call } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { logIn, send, signUp, type SignedUp } from '../support/signed-up.js';

const LONG_MS = 600_000;

describe('A back-up of the embedded data', function () {
  this.timeout(LONG_MS);
  let place: string;
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;
  const acknowledged: string[] = [];
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
    app = await startApp({ dataDir: dataDir() });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    conversationId = (await send(app, ada, { recipientId: bob.userId, text: 'the first' })).conversationId;
    load = (async () => {
      while (!loadEnds.signal.aborted)
        acknowledged.push((await send(app, ada, { recipientId: bob.userId, text: 'under load' })).messageId);
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
    const before = [...acknowledged];
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
      await eventually(
        () => call(copy, 'GET', '/readyz'),
        ({ status }) => status === 200,
      );
      const session = await logIn(copy, bob);
      for (const messageId of before) {
        const found = await call(copy, 'GET', `/message/v1/${messageId}`, { token: session.accessToken });
        expect([found.status, found.body['text']]).to.deep.equal([200, 'under load']);
      }
      const on = await send(copy, { ...bob, ...session }, { recipientId: ada.userId, text: 'it goes on' });
      expect(on.conversationId).to.equal(conversationId);
      const verified = await run(['projections', 'verify', 'messages'], { DATA_DIR: restored });
      expect(verified.code, verified.out + verified.err).to.equal(0);
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

  it('leaves nothing that looks whole where it is killed', async () => {
    await built();
    const folder = join(place, 'killed');
    const env = { ...process.env, DATA_DIR: dataDir(), MONGODB_URL: '' };
    const child = spawn(process.execPath, ['dist/cli.js', 'backup', '--to', folder], { env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await eventually(
      async () => (await readdir(place)).filter((name) => name.startsWith('.killed')),
      (names) => names.length > 0,
    );
    child.kill('SIGKILL');
    await ended;
    const names = await readdir(place);
    expect(names).not.to.include('killed');
    const [draft = ''] = names.filter((name) => name.startsWith('.killed'));
    const { code, err } = await run(['restore', '--from', join(place, draft)], { DATA_DIR: join(place, 'none') });
    expect(code).to.equal(1);
    expect(err).to.include('is no whole back-up');
  });
});
