import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { built } from '../support/built.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { keptInMongo, keptOnDisk } from '../support/kept-files.js';
import { describeOnMongo, newDatabaseName, untilAnswering } from '../support/mongodb.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { sidewaysJpeg } from '../support/test-images.js';
import { untilSaid } from '../support/until-said.js';
import { download, formOf, upload } from '../support/upload.js';

const JWT_SECRET = 'the secret of a test whose files are in MongoDB';
const MASTER_KEY = 'the master key of a test whose files are in MongoDB';
const LONG_MS = 180_000;
const MEBIBYTE = 1_048_576;

describeOnMongo('Files of several servers with one MongoDB', (server) => {
  let database: TestDatabase;
  let mongoUrl: string;
  let folder: string;
  const apps: RunningApp[] = [];
  let ada: SignedUp;
  let bob: SignedUp;

  before(async function () {
    this.timeout(LONG_MS);
    await built();
    database = await testDatabase();
    mongoUrl = `${server().url}${newDatabaseName()}`;
    folder = await mkdtemp(join(tmpdir(), 'chatapp-shared-'));
  });
  after(async () => {
    await stopAll();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const stopAll = async (): Promise<void> => {
    for (const app of apps.splice(0)) await app.stop();
  };
  /** Starts a server with a disk of its own, which stays when it has ended. */
  const start = async (disk: string, url?: string): Promise<RunningApp> => {
    const beside = { databaseUrl: database.url, mongoUrl: url, jwtSecret: JWT_SECRET, masterKey: MASTER_KEY };
    const app = await startApp({ beside, dataDir: join(folder, disk) });
    apps.push(app);
    return app;
  };

  const plan = randomBytes(MEBIBYTE + 13);
  let kept: string;
  let shown: string;

  it('are on the disk of one without it', async function () {
    this.timeout(LONG_MS);
    const app = await start('one');
    ada = await signUp(app, 'ada');
    bob = await signUp(app, 'bob');
    ({ mediaId: kept } = await upload(app, ada, plan, 'plan.bin'));
    ({ mediaId: shown } = await upload(app, ada, await sidewaysJpeg(60, 40)));
    await send(app, ada, { recipientId: bob.userId, attachments: [kept, shown] });
    expect((await keptOnDisk(app)).size).to.equal(3);
    await stopAll();
  });

  it('are found where they were at once, and move there by themselves', async function () {
    this.timeout(LONG_MS);
    const app = await start('one', mongoUrl);
    expect((await download(app, bob, kept)).bytes.equals(plan)).to.equal(true);
    await eventually(
      async () => (await keptOnDisk(app)).size,
      (size) => size === 0,
    );
    expect((await keptInMongo(mongoUrl)).size).to.equal(3);
    expect((await download(app, bob, kept)).bytes.equals(plan)).to.equal(true);
    await untilSaid(app, 'moved files to MongoDB');
  });

  it('are the same for each of them, whichever has taken them', async function () {
    this.timeout(LONG_MS);
    const [one] = apps as [RunningApp];
    const two = await start('two', mongoUrl);
    expect((await download(two, bob, `${shown}/thumbnail`)).status).to.equal(200);
    const bytes = randomBytes(700_000);
    const { mediaId } = await upload(one, ada, bytes);
    await send(one, ada, { recipientId: bob.userId, attachments: [mediaId] });
    const part = await eventually(
      () => download(two, bob, mediaId, { range: 'bytes=131000-393300' }),
      ({ status }) => status !== 404,
    );
    expect(part.status).to.equal(206);
    expect(part.bytes.equals(bytes.subarray(131_000, 393_301))).to.equal(true);
    expect((await keptOnDisk(two)).size).to.equal(0);
  });

  it('are gone for all with their user', async function () {
    this.timeout(LONG_MS);
    const [one, two] = apps as [RunningApp, RunningApp];
    const { mediaId } = await upload(one, bob, 'words of Bob');
    const json = { password: ada.password };
    expect((await call(two, 'DELETE', '/user/v1/me', { token: ada.accessToken, json })).status).to.equal(202);
    const left = await eventually(
      () => keptInMongo(mongoUrl),
      ({ size }) => size === 1,
    );
    expect([...left.keys()]).to.deep.equal([`${bob.userId}/${mediaId}`]);
    expect((await download(two, bob, mediaId)).bytes.toString()).to.equal('words of Bob');
  });
});

describeOnMongo(
  'Files while MongoDB is down',
  (server) => {
    let database: TestDatabase;
    let app: RunningApp;

    before(async function () {
      this.timeout(LONG_MS);
      database = await testDatabase();
      const mongoUrl = `${server().url}${newDatabaseName()}`;
      app = await startApp({
        beside: { databaseUrl: database.url, mongoUrl, jwtSecret: JWT_SECRET, masterKey: MASTER_KEY },
      });
    });
    after(async () => {
      await app.stop();
      await database.drop();
    });

    it('are answered 503 with the time to try again, and are there when it is back', async function () {
      this.timeout(LONG_MS);
      const ada = await signUp(app, 'ada');
      const { mediaId } = await upload(app, ada, 'words');
      await server().kill();
      const { raw: body, headers } = formOf({ content: 'more words' });
      const authorization = `Bearer ${ada.accessToken}`;
      for (const [path, request] of [
        ['', { method: 'POST', body, headers: { ...headers, authorization } }],
        [`/${mediaId}`, { headers: { authorization } }],
      ] as const) {
        const answer = await fetch(`${app.url}/media/v1${path}`, request);
        expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([503, '1']);
      }
      await server().restart();
      await untilAnswering(server().url);
      const { bytes } = await eventually(
        () => download(app, ada, mediaId),
        ({ status }) => status === 200,
      );
      expect(bytes.toString()).to.equal('words');
      expect((await upload(app, ada, 'more words')).size).to.equal(10);
    });
  },
  { killable: true },
);
