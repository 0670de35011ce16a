import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { describeOnMongo, newDatabaseName } from '../support/mongodb.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

const JWT_SECRET = 'the secret of a test that moves messages';
const MASTER_KEY = 'the master key of a test that moves messages';
const LONG_MS = 120_000;

describeOnMongo('Messages that move from PostgreSQL to MongoDB and back', (server) => {
  let database: TestDatabase;
  let app: RunningApp;
  let ada: SignedUp;
  let conversationId: string;
  let mongoUrl: string;

  before(async function () {
    this.timeout(LONG_MS);
    database = await testDatabase();
    mongoUrl = `${server().url}${newDatabaseName()}`;
  });
  after(() => database.drop());
  afterEach(() => app.stop());

  const start = async (url?: string) => {
    const beside = { databaseUrl: database.url, mongoUrl: url, jwtSecret: JWT_SECRET, masterKey: MASTER_KEY };
    app = await startApp({ beside });
  };
  /** The query waits for what its session has written. */
  const texts = async () => {
    const path = `/message/v1/history?conversationId=${conversationId}&limit=10`;
    const { body } = await call(app, 'GET', path, { token: ada.accessToken });
    return (body['messages'] as { text: string }[]).map(({ text }) => text);
  };
  const schemas = async () =>
    (await database.pool.query(`select from pg_namespace where nspname in ('messages', 'search')`)).rowCount;
  const run = (...args: string[]) =>
    chatappHere(
      { DATABASE_URL: database.url, MONGODB_URL: mongoUrl, JWT_SECRET, MASTER_KEY, DATA_DIR: app.dataDir },
      ...args,
    );

  it('are in PostgreSQL where no MongoDB is set', async function () {
    this.timeout(LONG_MS);
    await start();
    ada = await signUp(app, 'ada');
    const bob = await signUp(app, 'bob');
    ({ conversationId } = await send(app, ada, { recipientId: bob.userId, text: 'one' }));
    expect(await schemas()).to.equal(2);
  });

  it('are in MongoDB alone once it is set, and the tool works on them there', async function () {
    this.timeout(LONG_MS);
    await start(mongoUrl);
    await send(app, ada, { conversationId, text: 'two' });
    expect(await texts()).to.deep.equal(['one', 'two']);
    expect(await schemas()).to.equal(0);
    const doctor = await run('doctor');
    expect(doctor.out)
      .to.include(`in ${server().name}`)
      .and.to.match(/ok +read models/);
    for (const verb of ['verify', 'rebuild'])
      for (const name of ['messages', 'search']) {
        const { code, out, err } = await run('projections', verb, name);
        expect(code, out + err).to.equal(0);
      }
    const found = await call(app, 'GET', '/message/v1/search?q=two', { token: ada.accessToken });
    expect(JSON.stringify(found.body)).to.include('"two"').and.not.to.include('"one"');
    expect(await texts()).to.deep.equal(['one', 'two']);
    const listed = await run('projections', 'list', '--json');
    const names = (JSON.parse(listed.out) as { projections: { name: string }[] }).projections.map(({ name }) => name);
    expect(names).to.have.members(['audit_index', 'mail', 'media', 'messages', 'search', 'users']);
  });

  it('are in PostgreSQL again where it is unset', async function () {
    this.timeout(LONG_MS);
    await start();
    await send(app, ada, { conversationId, text: 'three' });
    expect(await texts()).to.deep.equal(['one', 'two', 'three']);
    expect(await schemas()).to.equal(2);
  });
});
