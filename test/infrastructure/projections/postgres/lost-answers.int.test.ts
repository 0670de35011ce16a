import { expect } from 'chai';
import type pg from 'pg';
import { LeaseLostError } from '../../../../src/application/ports/projection-store.js';
import { messagesProjection, type MessagesWriters } from '../../../../src/application/projections/registry.js';
import { runProjection } from '../../../../src/application/projections/runner.js';
import type { RecordedEvent } from '../../../../src/application/ports/event-store.js';
import type { Position } from '../../../../src/domain/kernel/ids.js';
import { createPool } from '../../../../src/infrastructure/postgres/pool.js';
import { PostgresProjectionStore } from '../../../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import { fact } from '../../../support/events.js';
import { eventually } from '../../../support/eventually.js';
import { ada, bob, conversationNumber, messageNumber } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { dump, openMessages, recorded } from '../../../support/projections.js';
import { messagesReadModel } from '../../../../src/infrastructure/read-models/postgres/messages-read-model.js';
import { openTcpProxy, type Fault, type TcpProxy } from '../../../support/tcp-proxy.js';

const members = [ada, bob].map((userId) => ({ userId, role: 'member' as const }));
const conversationId = conversationNumber(1);
const events = recorded([
  fact('ConversationStarted', { conversationId, members }),
  ...[1, 2, 3].map((n) =>
    fact('MessageSent', { messageId: messageNumber(n), conversationId, senderId: ada, text: `text ${n}` }),
  ),
]);
const batch = (from: number, to: number) => ({
  events: events.slice(from, to),
  parked: [],
  from: String(from) as Position,
  to: String(to) as Position,
});

/** Has each statement that changes messages take two seconds more. */
const SLOW_CHANGES = `
  create function messages.slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return null; end $$;
  create trigger slow after update on messages.messages for each statement execute function messages.slowly()`;

describe('A projection whose connection fails', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pool: pg.Pool;
  const stores: { release(): Promise<void> }[] = [];

  beforeEach(async () => {
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
    pool = createPool({ url: proxy.url, max: 1, name: 'test', onIdleError: () => undefined });
    await (await openMessages(database)).release(); // its tables exist now
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.release();
    await pool.end();
    await proxy.close();
    await database.drop();
  });

  const open = (
    connections: pg.Pool,
    answerWithinMs: number,
    statementMs?: number,
  ): PostgresProjectionStore<MessagesWriters> => {
    const { options: config } = connections;
    const parts = { config, projection: messagesProjection, readModel: messagesReadModel, schema: 'messages' };
    const store = new PostgresProjectionStore({
      ...parts,
      answerWithinMs,
      ...(statementMs !== undefined && { statementMs }),
    });
    stores.push(store);
    return store;
  };
  const PLACES = 'select seq::integer, message_id from messages.messages order by seq';
  const CHECKPOINT = `select position::integer from projections.checkpoints where name = 'messages'`;
  const places = async () => (await database.pool.query<object>(PLACES)).rows;
  const checkpoint = async () => (await database.pool.query<{ position: number }>(CHECKPOINT)).rows[0]?.position;

  /** Yields the log from a position on, and never ends by itself. */
  const logAfter = async function* (after: Position, signal: AbortSignal) {
    for (const event of events.slice(Number(after))) {
      const { position } = event;
      const before = String(Number(position) - 1) as Position;
      yield {
        after: before,
        events: [event] as RecordedEvent[],
        undecodable: [],
        position,
        passed: 1,
        caughtUp: false,
      };
    }
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };

  const faults: readonly (readonly [string, Fault])[] = [
    ['is lost', { what: 'drop the answer' }],
    ['never comes', { what: 'go silent' }],
    ['cannot come, as only the first bytes arrived', { what: 'cut', atByte: 4 }],
    ['is late', { what: 'delay', milliseconds: 100 }],
  ];
  for (const [name, fault] of faults)
    it(`applies each event once where the answer to its commit ${name}`, async () => {
      const store = open(pool, 2_000);
      const ending = new AbortController();
      await store.acquire();
      await store.apply(batch(0, 1));
      const failed = proxy.failNext('commit', fault);
      const running = runProjection({
        events: { subscribe: ({ after, signal }: { after: Position; signal: AbortSignal }) => logAfter(after, signal) },
        store,
        types: [],
        observer: {
          advanced: () => undefined,
          parked: () => expect.fail('nothing is parked'),
          retrying: () => undefined,
        },
        signal: ending.signal,
        sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 100)),
      });
      await failed;
      await eventually(checkpoint, (position) => position === events.length);
      ending.abort();
      await running;
      expect(await places()).to.deep.equal([1, 2, 3].map((n) => ({ seq: n, message_id: messageNumber(n) })));
    });

  /**
   * What an erasure changes of a user who has sent half a million messages takes PostgreSQL more than a minute. It was given up,
   * and tried again without end: nobody was told of anything any more.
   */
  it('lets an erasure take its time, and nothing else', async () => {
    const store = open(database.pool, 1_200, 600);
    await store.acquire();
    await store.apply(batch(0, 3));
    await database.pool.query(SLOW_CHANGES);
    const [erasure, deletion] = recorded(
      [fact('UserErased', {}), fact('MessageDeleted', { messageId: messageNumber(1) })],
      3,
    );
    await store.apply({ events: [erasure!], parked: [], from: '3' as Position, to: '4' as Position });
    expect(await checkpoint()).to.equal(4);
    const deleting = store.apply({ events: [deletion!], parked: [], from: '4' as Position, to: '5' as Position });
    expect(await deleting.catch((error: unknown) => error)).to.have.property('code', '57014');
  });

  // A holder that lost its network within a transaction kept its lease locked for as long as PostgreSQL saw a
  // connection.
  for (const [what, text, answerWithinMs, work] of [
    ['renews its lease', 'lease_until', 12_000, (store: PostgresProjectionStore<MessagesWriters>) => store.renew()],
    [
      'moves its checkpoint',
      'projections.move_checkpoint',
      60_000, // PostgreSQL ends the session before the client gives up
      (store: PostgresProjectionStore<MessagesWriters>) => store.apply(batch(0, 1)),
    ],
  ] as const)
    it(`gives way to another node where it goes silent while it ${what}, and comes back`, async () => {
      const [one, other] = [open(pool, answerWithinMs), open(database.pool, 60_000)];
      await one.acquire();
      const silent = proxy.failNext(text, { what: 'go silent', before: 'commit' });
      const hanging = work(one).catch((error: unknown) => error);
      await silent;
      const taken = await eventually(
        () => other.acquire(),
        (start) => start !== undefined,
        20_000,
      );
      expect(taken?.position).to.equal('0');
      await other.apply(batch(0, 2));
      expect(one.isTransient(await hanging)).to.equal(true);
      // The first try may fail with the connection itself.
      const refused = await eventually(
        () =>
          one.apply(batch(0, 1)).then(
            () => 'applied',
            (error: unknown) => error,
          ),
        (outcome) => outcome === 'applied' || outcome instanceof LeaseLostError,
      );
      expect(refused).to.be.instanceOf(LeaseLostError);
      expect((await dump(database.pool, 'messages'))['messages']).to.have.length(1);
      await other.release();
      expect((await one.acquire())?.position).to.equal('2');
      await one.apply(batch(2, 4));
      expect(await places()).to.have.length(3);
    });
});
