import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { openSocket, type LiveSocket } from '../support/live-socket.js';
import { history, send, signUp, type SignedUp } from '../support/signed-up.js';

const TABLES = ['messages.conversations', 'messages.members', 'messages.messages', 'messages.reads'];
const COPIED = TABLES.map((table) => `create table saved.${table.split('.')[1]} as table ${table}`);
const PUT_BACK = TABLES.map((table) => `delete from ${table}; insert into ${table} table saved.${table.split('.')[1]}`);
/** A server that takes the lease of a projection reads this table first. */
const HOLD_PROJECTIONS = 'lock table projections.stopped in access exclusive mode';
const CUT_ALL = `
  select pg_terminate_backend(pid) from pg_stat_activity
   where datname = current_database() and application_name <> 'the test'`;
const LISTENERS = `
  select pid from pg_stat_activity
   where datname = current_database() and application_name = 'listener of chatapp_projections' and wait_event = 'ClientRead'`;

// PostgreSQL crashed and took back the last changes of the read models, which do not wait for the disk. A server relied
// on how far they had been before: a client that resumed before they were made good lost the messages in between for
// good.
describe('A crash of PostgreSQL that takes the last of a read model back', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let holding: pg.Client;
  let ada: SignedUp;
  let bob: SignedUp;
  /** The socket of Bob, who was away since the first message. */
  let resumed: LiveSocket;
  /** The history up to the last message, requested while the read model is behind it. */
  let asked: Response;

  const text = (n: number) => `message ${n}`;
  const listeners = async () => (await pool.query<{ pid: number }>(LISTENERS)).rows.map(({ pid }) => pid);
  const crash = async () => {
    await holding.query('begin');
    await holding.query(HOLD_PROJECTIONS);
    await pool.query(`begin; ${PUT_BACK.join(';')};
      update projections.checkpoints c set position = s.position from saved.checkpoints s where s.name = c.name; commit`);
    const before = await listeners();
    await pool.query(CUT_ALL);
    // PostgreSQL itself would take longer to start again; the server has noticed once it listens anew.
    await eventually(listeners, (pids) => pids.length === 1 && pids[0] !== before[0]);
  };

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    const config = { connectionString: app.databaseUrl, application_name: 'the test' };
    [pool, holding] = [new pg.Pool(config), new pg.Client(config)];
    await holding.connect();
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    const live = await openSocket(app, ada);
    const sent = await send(app, ada, { recipientId: bob.userId, text: text(1) });
    const { position } = await live.next('message.sent');
    await history(app, ada, sent.conversationId, sent.position); // unlike the frame, this waits for the read model
    await pool.query(`create schema saved; ${COPIED.join(';')};
      create table saved.checkpoints as select * from projections.checkpoints where name = 'messages'`);
    let last = '';
    for (const n of [2, 3, 4]) {
      ({ position: last } = await send(app, ada, { conversationId: sent.conversationId, text: text(n) }));
      await live.next('message.sent');
    }
    await crash();
    const resuming = openSocket(app, bob, position as string);
    const headers = { Authorization: `Bearer ${bob.accessToken}`, 'X-Min-Position': last };
    asked = await fetch(`${app.url}/message/v1/history?conversationId=${sent.conversationId}`, { headers });
    await holding.query('rollback');
    resumed = await resuming;
  });
  after(async () => {
    await holding.end();
    await pool.end();
    await app.stop();
  });

  it('is no reason to answer with what was before a position that the client knows', async () => {
    const { code } = (await asked.json()) as { readonly code?: string };
    expect([asked.status, code]).to.deep.equal([503, 'projection_lagging']);
  });

  it('loses nobody a message who resumes meanwhile', async () => {
    const texts = () =>
      resumed.frames
        .filter(({ type }) => type === 'message.sent')
        .map(({ message }) => (message as { readonly text: string }).text);
    await eventually(
      () => Promise.resolve(texts()),
      (found) => found.includes(text(4)),
    );
    expect(texts()).to.deep.equal([2, 3, 4].map(text));
  });
});
