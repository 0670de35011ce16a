import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { describeOnMongo, newDatabaseName, untilAnswering } from '../support/mongodb.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { untilReady } from '../support/until-ready.js';

const JWT_SECRET = 'the secret of a test whose MongoDB is killed';
const MASTER_KEY = 'the master key of a test whose MongoDB is killed';
const LONG_MS = 120_000;

describeOnMongo(
  'While MongoDB is down',
  (server) => {
    let database: TestDatabase;
    let app: RunningApp;
    let ada: SignedUp;

    before(async function () {
      this.timeout(LONG_MS);
      database = await testDatabase();
      const mongoUrl = `${server().url}${newDatabaseName()}`;
      const beside = { databaseUrl: database.url, mongoUrl, jwtSecret: JWT_SECRET, masterKey: MASTER_KEY };
      app = await startApp({ beside });
      ada = await signUp(app, 'ada');
    });
    after(async () => {
      await app.stop();
      await database.drop();
    });

    const ask = async (path: string) => {
      const response = await fetch(app.url + path, { headers: { authorization: `Bearer ${ada.accessToken}` } });
      const body = (await response.json()) as { readonly messages?: readonly { readonly text: string }[] };
      const { status, headers } = response;
      return { status, retryAfter: headers.get('retry-after'), texts: body.messages?.map(({ text }) => text) };
    };

    it('messages are taken, and shown once it is back; queries of them are answered 503, others are served', async function () {
      this.timeout(LONG_MS);
      const bob = await signUp(app, 'bob');
      const { conversationId } = await send(app, ada, { recipientId: bob.userId, text: 'before' });
      const history = () => ask(`/message/v1/history?conversationId=${conversationId}&limit=10`);
      await eventually(history, ({ texts }) => texts?.length === 1);
      await server().kill();
      await send(app, ada, { conversationId, text: 'meanwhile' });
      expect(await history()).to.include({ status: 503, retryAfter: '1' });
      expect(await ask('/user/v1/me')).to.include({ status: 200 });
      await server().restart();
      await untilAnswering(server().url);
      const { texts } = await eventually(history, ({ status }) => status === 200);
      expect(texts).to.deep.equal(['before', 'meanwhile']);
      await untilReady(app);
    });
  },
  { killable: true },
);
