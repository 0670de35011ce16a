import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets, connect, type Socket } from '../support/socket.js';

const newSecret = () => randomBytes(32).toString('hex');

/** It ends the sessions of the app whose query has this text in it and waits for a lock. */
const BREAK_OFF = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'chatapp' and wait_event_type = 'Lock' and query ~ $1`;

/** This is more than the app has connections for its queries. */
const MANY = 40;

/**
 * While PostgreSQL restarted, a query that found it down was answered 500 `internal_error`, and so was a `read` frame:
 * clients gave up what they only had to send again.
 */
describe('While the database cannot answer', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;
  let socket: Socket;

  before(async function () {
    this.timeout(90_000);
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
    app = await startApp({ beside: { databaseUrl: proxy.url, jwtSecret: newSecret(), masterKey: newSecret() } });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  beforeEach(async () => {
    socket = await connect(app, bob.accessToken);
    await socket.next('ready');
  });
  afterEach(closeSockets);
  after(async () => {
    await app.stop();
    await proxy.close();
    await database.drop();
  });

  const ask = async (path: string) => {
    const response = await fetch(app.url + path, { headers: { authorization: `Bearer ${bob.accessToken}` } });
    const { code } = (await response.json()) as { readonly code?: string };
    return { status: response.status, code, retryAfter: response.headers.get('retry-after') };
  };
  const inbox = () => ask('/conversation/v1');

  /** Sends a message that nobody has read yet, and waits until the read models hold it. */
  const delivered = async (): Promise<string> => {
    const sent = await send(app, ada, { recipientId: bob.userId, text: 'look' });
    ({ conversationId } = sent);
    await socket.next('message.sent');
    await inbox(); // unlike the frame, this waits for the read model
    return sent.messageId;
  };
  const read = (id: string, messageId: string) => {
    socket.send({ type: 'read', id, conversationId, messageId });
    return socket.answerTo(id);
  };

  /** Runs the work while nobody can read conversations or the log. */
  const locked = async (work: () => Promise<void>): Promise<void> => {
    const client = await database.pool.connect();
    try {
      await client.query('begin; lock table messages.conversations, log.events in access exclusive mode');
      await work();
    } finally {
      await client.query('rollback');
      client.release();
    }
  };

  const unavailable = { status: 503, code: 'unavailable', retryAfter: '1' };
  const overloaded = { status: 503, code: 'overloaded', retryAfter: '1' };

  it('queries are answered 503 `unavailable` where it refuses connections, and served when it is back', async () => {
    const messageId = await delivered();
    await proxy.refuse();
    try {
      expect(await inbox()).to.deep.equal(unavailable);
      expect(await ask('/user/v1/me')).to.deep.equal(unavailable);
      expect(await read('1', messageId)).to.include({ type: 'error', code: 'unavailable', retryAfterMs: 1_000 });
      const newcomer = await connect(app, ada.accessToken);
      expect(await newcomer.closed).to.equal(1013);
    } finally {
      await proxy.admit();
    }
    expect(await inbox()).to.include({ status: 200 });
    expect(await read('2', messageId)).to.have.property('type', 'ack');
  });

  it('queries that it breaks off are answered 503 `unavailable`', async () => {
    const messageId = await delivered();
    /** Breaks queries off until this one is: that a message was delivered is read and recorded at the same time. */
    const brokenOff = async <Answer>(query: string, asked: Promise<Answer>): Promise<Answer> => {
      let isAnswered = false;
      void asked.finally(() => (isAnswered = true));
      const breakOff = async () => {
        await database.pool.query(BREAK_OFF, [query]);
        return isAnswered;
      };
      await eventually(breakOff, Boolean);
      return asked;
    };
    await locked(async () => {
      expect(await brokenOff('join messages.conversations', inbox())).to.deep.equal(unavailable);
      const frame = await brokenOff('from log.events\\s+where stream_id', read('3', messageId));
      expect(frame).to.include({ type: 'error', code: 'unavailable', retryAfterMs: 1_000 });
    });
    expect(await inbox()).to.include({ status: 200 });
    expect(await read('4', messageId)).to.have.property('type', 'ack');
  });

  it('queries that get no connection are answered 503 `overloaded`', async () => {
    const messageId = await delivered();
    const asked: Promise<unknown>[] = [];
    await locked(async () => {
      for (let n = 0; n < MANY; n += 1) asked.push(inbox());
      expect(await Promise.race(asked)).to.deep.equal(overloaded);
      expect(await read('5', messageId)).to.include({ type: 'error', code: 'overloaded', retryAfterMs: 1_000 });
    });
    await Promise.all(asked);
    expect(await read('6', messageId)).to.have.property('type', 'ack');
  });

  it('none of them got an unexpected error', () => {
    expect(app.output()).not.to.include('internal_error');
  });
});
