import { expect } from 'chai';
import { openMongo, type MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';
import { messagesProjection } from '../../src/application/projections/registry.js';
import { generationsOf } from '../../src/infrastructure/projections/mongodb/generation-record.js';
import { MongoGenerations } from '../../src/infrastructure/projections/mongodb/mongo-generations.js';
import { messagesInMongo } from '../../src/infrastructure/read-models/mongodb/messages-read-model.js';
import { startApp, type RunningApp } from '../support/app.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { describeOnMongo, newDatabaseName } from '../support/mongodb.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { signUp } from '../support/signed-up.js';
import { TELLING_NOBODY } from '../support/telling-nobody.js';

const LONG_MS = 240_000;
const JWT_SECRET = 'the secret of a test of what rebuilds have left';
const MASTER_KEY = 'the master key of a test of what rebuilds have left';
const NEVER = new AbortController().signal;
const NEXT = `${messagesProjection.name}_rebuild`;

// Servers looked for it as long as a file of PostgreSQL held something of an erased user, which says nothing of MongoDB: what
// a rebuild had left there kept every text of them for ever.
describeOnMongo('An erasure', (server) => {
  let database: TestDatabase;
  let app: RunningApp;
  let mongo: MongoDatabase;

  before(async function () {
    this.timeout(LONG_MS);
    database = await testDatabase();
    const mongoUrl = `${server().url}${newDatabaseName()}`;
    const beside = { databaseUrl: database.url, mongoUrl, jwtSecret: JWT_SECRET, masterKey: MASTER_KEY };
    app = await startApp({ beside });
    mongo = await openMongo(mongoUrl);
  });
  after(async () => {
    await mongo.close();
    await app.stop();
    await database.drop();
  });

  const env = () => ({
    DATABASE_URL: app.databaseUrl ?? '',
    MONGODB_URL: app.mongoUrl ?? '',
    JWT_SECRET,
    MASTER_KEY,
    DATA_DIR: app.dataDir,
  });
  const erase = async (username: string) => {
    const { code, err } = await chatappHere(env(), 'users', 'erase', username, '--yes');
    expect(code, err).to.equal(0);
  };
  const inTurn = (work: () => Promise<void>) =>
    new MongoGenerations({
      mongo,
      projection: messagesProjection,
      readModel: messagesInMongo,
      teller: TELLING_NOBODY,
    }).inTurn(NEVER, async (next) => {
      await next.begin();
      await work();
    });
  const left = async () => (await generationsOf(mongo.db).findOne({ _id: NEXT }))?._id;
  const untilGone = () => eventually(left, (name) => name === undefined, LONG_MS);

  it('throws away what a rebuild has left unfinished in MongoDB', async function () {
    this.timeout(LONG_MS);
    await signUp(app, 'ada');
    await inTurn(async () => undefined);
    expect(await left()).to.equal(NEXT);
    await erase('ada');
    await untilGone();
  });

  it('throws away what a rebuild leaves later that was under way', async function () {
    this.timeout(LONG_MS);
    await signUp(app, 'bob');
    await inTurn(() => erase('bob'));
    await untilGone();
  });
});
