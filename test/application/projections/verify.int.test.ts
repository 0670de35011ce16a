import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import { handledTypes } from '../../../src/application/projections/projector.js';
import { messagesProjection } from '../../../src/application/projections/registry.js';
import { runProjection } from '../../../src/application/projections/runner.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { verifyProjection } from '../../../src/application/projections/verify.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { fact } from '../../support/events.js';
import { eventually } from '../../support/eventually.js';
import { ada, bob, conversationNumber, messageNumber } from '../../support/ids.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { messagesGenerations, openMessages } from '../../support/projections.js';
import { eventNumbered } from '../../support/test-codec.js';

const ignored = () => undefined;
/** One sender goes on sending; this pause between two messages gives others their turn. */
const PAUSE_MS = 1;

// Read models had lost events for good, and nothing reported it: nothing was parked, there was no lag, and the server
// was ready.
describe('Verifying a projection', () => {
  let database: TestDatabase;
  let events: EventStore;
  let ending: AbortController;
  let running: Promise<void>;

  const append = ({ type, data }: { readonly type: string; readonly data: object }, stream: string) =>
    events.append({
      streams: [{ streamId: streamOf('test', stream), expected: 'any', events: [{ ...eventNumbered(0), type, data }] }],
    });
  const send = (n: number) =>
    append(
      fact('MessageSent', { messageId: messageNumber(n), conversationId: conversationNumber(1), senderId: ada }),
      `m${n}`,
    );
  const run = async (store: Awaited<ReturnType<typeof openMessages>>): Promise<void> => {
    const types = handledTypes(messagesProjection);
    const observer = { advanced: ignored, parked: ignored, retrying: ignored };
    await runProjection({ events, store, types, observer, signal: ending.signal, sleep: (ms) => sleep(ms) });
  };
  const untilCounted = (count: number) =>
    eventually(
      async () => (await database.pool.query('select from messages.messages')).rowCount,
      (rows) => rows === count,
    );
  const verify = async () => {
    const { tables } = await verifyProjection({
      events,
      projection: messagesProjection,
      generations: messagesGenerations(database),
      onEvents: ignored,
      onTable: ignored,
    });
    return tables;
  };
  const differences = async () => (await verify()).flatMap(({ difference }) => difference ?? []);

  beforeEach(async () => {
    database = await testDatabase();
    events = createMemoryEventStore(createEventCodec(chatEvents, memoryUserKeys()));
    ending = new AbortController();
    await append(
      fact('ConversationStarted', {
        conversationId: conversationNumber(1),
        members: [
          { userId: ada, role: 'member' },
          { userId: bob, role: 'member' },
        ],
      }),
      'c1',
    );
    for (let n = 1; n <= 5; n += 1) await send(n);
    running = run(await openMessages(database));
    await untilCounted(5);
  });
  afterEach(async () => {
    ending.abort();
    await running;
    await database.drop();
  });

  it('finds nothing where they are as the log has them, and leaves nothing behind', async () => {
    const tables = await verify();
    expect(tables.find(({ table }) => table === 'messages')).to.include({ rows: 5, expected: 5, differentGroups: 0 });
    expect(tables.map(({ difference }) => difference)).to.deep.equal(tables.map(() => null));
    const { rows } = await database.pool.query(
      `select name from projections.checkpoints union select nspname from pg_namespace where nspname like '%verify'`,
    );
    expect(rows).to.deep.equal([{ name: 'messages' }]);
  });

  it('finds nothing while the projection goes on', async () => {
    const begun = { n: 5 };
    const writing = new AbortController();
    const writer = (async () => {
      while (!writing.signal.aborted) {
        begun.n += 1;
        await send(begun.n);
        await sleep(PAUSE_MS);
      }
    })();
    for (const written of [10, 20]) {
      await eventually(
        async () => begun.n,
        (n) => n > written,
      );
      expect(await differences()).to.deep.equal([]);
    }
    writing.abort();
    await writer;
  });

  it('names a row that is missing', async () => {
    await database.pool.query('delete from messages.messages where message_id = $1', [messageNumber(3)]);
    expect(await differences()).to.deep.equal([
      { table: 'messages', key: { message_id: messageNumber(3) }, problem: 'missing', columns: [] },
    ]);
  });

  it('names a row that the log does not know, and one that is another', async () => {
    await database.pool.query(`update messages.messages set text = 'forged' where message_id = $1`, [messageNumber(2)]);
    await database.pool.query('insert into messages.erased (user_id, position) values ($1, 1)', [bob]);
    expect(await differences()).to.deep.equal([
      { table: 'erased', key: { user_id: bob }, problem: 'not in the log', columns: [] },
      { table: 'messages', key: { message_id: messageNumber(2) }, problem: 'different', columns: ['text'] },
    ]);
  });
});
