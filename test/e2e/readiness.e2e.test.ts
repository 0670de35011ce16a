import { expect } from 'chai';
import pg from 'pg';
import { v7 as newId } from 'uuid';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { call } from '../support/call.js';
import { closeSockets, connect, type Socket } from '../support/socket.js';

const MAX_LAG_SECONDS = 1;
/** After this time the mailer is missed, and each part is started again after its longest wait. */
const LONGEST_MS = 40_000;

type Checks = Record<string, { readonly ok: boolean; readonly detail?: string }>;

// One error ended a consumer for good, or a query never came back, and /readyz said all the time that the node was
// ready.
describe('/readyz', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: { READY_MAX_LAG: `${MAX_LAG_SECONDS}s` } });
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  afterEach(closeSockets);
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const ask = async () => {
    const answer = await fetch(`${app.url}/readyz`);
    const { status } = answer;
    const { checks } = (await answer.json()) as { readonly checks: Checks };
    const failed = Object.keys(checks).filter((name) => checks[name]?.ok === false);
    return { status, failed };
  };
  const untilReady = () => eventually(ask, ({ status }) => status === 200, LONGEST_MS);
  const untilFailed = async (name: string) => {
    const { status } = await eventually(ask, ({ failed }) => failed.includes(name), LONGEST_MS);
    expect(status).to.equal(503);
  };

  /** Answers a socket that was accepted, or undefined when the server said to come again. */
  const admitted = async (): Promise<Socket | undefined> => {
    const socket = await connect(app, bob.accessToken);
    return socket.next('ready').then(
      () => socket,
      () => undefined,
    );
  };

  const sendAgain = async (messageId: string): Promise<number> => {
    const { status } = await fetch(`${app.url}/message/v1/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.accessToken}` },
      body: JSON.stringify({ messageId, recipientId: bob.userId, text: 'after the cut' }),
    });
    return status;
  };

  /** Runs the work while the table seems not to exist. */
  const without = async (table: string, work: () => Promise<void>) => {
    await pool.query(`alter table ${table} rename to hidden`);
    try {
      await work();
    } finally {
      await pool.query(`alter table ${table.split('.')[0]}.hidden rename to ${table.split('.')[1]}`);
    }
  };

  /** Runs the work while nobody who reads or writes the table gets an answer. */
  const locked = async (table: string, work: () => Promise<void>) => {
    const client = await pool.connect();
    try {
      await client.query(`begin; lock table ${table} in access exclusive mode`);
      await work();
    } finally {
      await client.query('rollback');
      client.release();
    }
  };

  it('names every consumer', async () => {
    const { body } = await call(app, 'GET', '/readyz');
    expect(Object.keys((body as { checks: Checks }).checks)).to.have.members([
      'event log',
      'log listener',
      'signals',
      'projection listener',
      'projection users',
      'projection messages',
      'projection media',
      'projection search',
      'projection mail',
      'projection audit_index',
      'session denylist',
      'audit tree',
      'audit checkpoints',
      'key destruction',
      'media collection',
      'media erasure',
      'retention',
      'mailer',
      'live feed',
      'live users',
      'presence',
      'presence audience',
      'blocks',
    ]);
  });

  it('reports a log that does not answer, and that it answers again', async () => {
    await locked('log.events', () => untilFailed('event log'));
    await untilReady();
  });

  it('reports a projection whose write never returns, and of the live feed that waits for it', async () => {
    const socket = await connect(app, bob.accessToken);
    await socket.next('ready');
    await locked('messages.messages', async () => {
      await send(app, ada, { recipientId: bob.userId, text: 'late' });
      await untilFailed('projection messages');
      await untilFailed('live feed');
    });
    expect(await socket.next('message.sent')).to.have.nested.property('message.text', 'late');
    await untilReady();
  });

  it('reports a live feed whose handler throws, which then delivers after all', async () => {
    const socket = await connect(app, bob.accessToken);
    await socket.next('ready');
    await without('users.people', async () => {
      // The conversation is started, although the answer fails, because it names the members.
      await fetch(`${app.url}/conversation/v1`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ada.accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'group', title: 'Engines', memberIds: [bob.userId] }),
      });
      await untilFailed('live feed');
    });
    expect(await socket.next('conversation.started')).to.have.property('conversation');
    await untilReady();
  });

  it('reports a mailer that cannot read its queue, which then sends after all', async function () {
    this.timeout(2 * LONGEST_MS);
    await without('mail.outbox', () => untilFailed('mailer'));
    expect((await call(app, 'GET', '/metrics')).text).to.match(
      /^chatapp_consumer_failures_total\{consumer="mailer"\} [1-9]/m,
    );
    await untilReady();
    const cleo = await signUp(app, 'cleo');
    expect(cleo).to.have.property('accessToken');
  });

  it('is ready again when every connection was cut', async () => {
    await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await untilReady();
    // A client whose request meets a connection that was cut a moment ago is told to come again.
    const socket = (await eventually(admitted, (one) => one !== undefined, LONGEST_MS)) as Socket;
    const messageId = newId();
    await eventually(
      () => sendAgain(messageId),
      (status) => status === 201 || status === 200,
      LONGEST_MS,
    );
    expect(await socket.next('message.sent')).to.have.nested.property('message.text', 'after the cut');
  });
});
