import { expect } from 'chai';
import { MongoClient, type Db } from 'mongodb';
import { startApp, type RunningApp } from '../support/app.js';
import { chatappHere, launchChatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { describeOnMongo, newDatabaseName } from '../support/mongodb.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { chatAcross, sendMany, whileWriting } from '../support/chat-across.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { connect, type Socket } from '../support/socket.js';

const LONG_MS = 240_000;
const JWT_SECRET = 'the secret of a test that rebuilds';
const MASTER_KEY = 'the master key of a test that rebuilds';
/** They are several portions of the log. */
const MESSAGES = 1_200;

describeOnMongo('A rebuild in MongoDB beside two servers', (server) => {
  let database: TestDatabase;
  let client: MongoClient;
  let kept: Db;
  let one: RunningApp;
  let other: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;
  let socket: Socket;
  let env: Readonly<Record<string, string>>;

  before(async function () {
    this.timeout(LONG_MS);
    database = await testDatabase();
    const mongoUrl = `${server().url}${newDatabaseName()}`;
    client = await MongoClient.connect(mongoUrl);
    kept = client.db();
    const beside = { databaseUrl: database.url, mongoUrl, jwtSecret: JWT_SECRET, masterKey: MASTER_KEY };
    [one, other] = [await startApp({ beside }), await startApp({ beside })];
    env = { DATABASE_URL: database.url, MONGODB_URL: mongoUrl, JWT_SECRET, MASTER_KEY, DATA_DIR: one.dataDir };
    [ada, bob] = [await signUp(one, 'ada'), await signUp(one, 'bob')];
    ({ conversationId } = await send(one, ada, { recipientId: bob.userId, text: 'the first one' }));
    await sendMany(one, ada, conversationId, MESSAGES);
    socket = await connect(other, bob.accessToken);
    await socket.next('ready');
  });
  after(async () => {
    await socket.close();
    await other.stop();
    await one.stop();
    await client.close();
    await database.drop();
  });

  const run = (...args: string[]) => chatappHere(env, 'projections', ...args);
  const positionOf = async (name: string): Promise<number | undefined> => {
    const found = await kept.collection<{ _id: string; position: number }>('projections').findOne({ _id: name });
    return found?.position;
  };
  /** How far what is filled beside has come; undefined where there is nothing. */
  const positionBeside = () => positionOf('messages_rebuild');
  /** Sends on each server, and reads on the other one what was sent. */
  const chat = (text: string) => chatAcross([one, other], { from: ada, to: bob, conversationId }, text);
  const collections = async (): Promise<number> => (await kept.listCollections().toArray()).length;
  const expectRight = async (): Promise<void> => {
    const { code, out, err } = await run('verify', 'messages');
    expect(code, out + err).to.equal(0);
    expect(await positionBeside()).to.equal(undefined);
  };

  it('goes on where it was killed, while messages are sent, and tells nobody anything', async function () {
    this.timeout(LONG_MS);
    const before = await collections();
    const { child, ended } = await launchChatapp(env, 'projections', 'rebuild', 'messages');
    await eventually(positionBeside, (position) => (position ?? 0) > 0);
    child.kill('SIGKILL');
    expect((await ended).code, 'it was killed in its middle').to.equal(null);
    const left = Number(await positionBeside());
    expect(left).to.be.greaterThan(0);
    await chat('while nobody rebuilds');
    const running = run('rebuild', 'messages');
    await chat('while it is rebuilt');
    const { code, out, err } = await running;
    expect(code, err).to.equal(0);
    expect(Number(/it went on from position (\d+), where it had been left/.exec(out)?.[1])).to.be.at.least(left);
    expect(out)
      .to.include('messages is rebuilt')
      .and.to.match(/what was in use before was the same, at position \d+/);
    await chat('behind the switch');
    const news = async () => socket.frames.filter(({ type }) => type === 'message.sent').length;
    expect(await eventually(news, (count) => count >= 6)).to.equal(6);
    await expectRight();
    expect(await eventually(collections, (count) => count === before)).to.equal(before);
  });

  // What it had filled was never as far as what is in use, as long as somebody wrote.
  it('comes to its end while messages are sent without a pause', async function () {
    this.timeout(LONG_MS);
    const { code, out, err } = await whileWriting(other, { from: ada, conversationId }, () =>
      run('rebuild', 'messages'),
    );
    expect(code, err).to.equal(0);
    expect(out).to.include('messages is rebuilt');
    // FerretDB is slower than who writes.
    const { position } = await send(one, ada, { conversationId, text: 'behind that switch' });
    await eventually(
      () => positionOf('messages'),
      (reached) => (reached ?? 0) >= Number(position),
      LONG_MS / 2,
    );
    await expectRight();
  });

  it('is thrown away where that is asked for, and users see nothing of it', async function () {
    this.timeout(LONG_MS);
    const { child, ended } = await launchChatapp(env, 'projections', 'rebuild', 'messages');
    await eventually(positionBeside, (position) => (position ?? 0) > 0);
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect(code, err).to.equal(130);
    expect(err).to.include('cancelled: messages is as it was');
    await chat('with half a generation');
    expect((await run('cancel', 'messages')).out).to.equal('what was filled of messages is thrown away\n');
    expect((await run('cancel', 'messages')).out).to.equal('no rebuild of messages was left unfinished\n');
    await expectRight();
  });
});
