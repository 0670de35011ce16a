import { expect } from 'chai';
import type pg from 'pg';
import { messagesProjection } from '../../../../src/application/projections/registry.js';
import { PostgresProjectionStore } from '../../../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import type { Ask } from '../../../../src/infrastructure/projections/postgres/read-model.js';
import { messagesReadModel } from '../../../../src/infrastructure/read-models/postgres/messages-read-model.js';
import { fact } from '../../../support/events.js';
import { ada, bob, cleo, messageNumber } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { feed, openMessages, recorded } from '../../../support/projections.js';

const members = [ada, bob].map((userId) => ({ userId, role: 'member' as const }));
const started = fact('ConversationStarted', { members });
const sent = (n: number, senderId = ada) => fact('MessageSent', { messageId: messageNumber(n), senderId });

describe('a batch of the messages projection in PostgreSQL', () => {
  let database: TestDatabase;
  let asked: number;
  const stores: { release(): Promise<void> }[] = [];

  beforeEach(async () => {
    database = await testDatabase();
    asked = 0;
    await (await openMessages(database)).release(); // its tables exist now
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.release();
    await database.drop();
  });

  /** Opens a store that counts the queries about stored rows. */
  const open = () => {
    const counted: typeof messagesReadModel = {
      ...messagesReadModel,
      open: () => {
        const { rows, ...opened } = messagesReadModel.open();
        if (!rows) return opened;
        const load: typeof rows.load = (events, ask) => {
          const countedAsk: Ask = <Row extends object>(question: pg.QueryConfig) => {
            asked += 1;
            return ask<Row>(question);
          };
          return rows.load(events, countedAsk);
        };
        return { ...opened, rows: { load, forget: () => rows.forget() } };
      },
    };
    const parts = { config: database.pool.options, projection: messagesProjection, schema: 'messages' };
    const store = new PostgresProjectionStore({ ...parts, readModel: counted });
    stores.push(store);
    return store;
  };

  // Messages behind a join were counted as read, because the list of messages before it went on growing until it was
  // written.
  it('counts messages that stand before the join alone', async () => {
    const joined = fact('MemberAdded', { userId: cleo });
    await feed(open(), recorded([started, sent(1), joined, sent(2)]), [4]);
    const { rows } = await database.pool.query('select joined_seq, read_seq from messages.members where user_id = $1', [
      cleo,
    ]);
    expect(rows).to.deep.equal([{ joined_seq: '1', read_seq: '1' }]);
  });

  // A message that was looked up, and forgotten for want of room, counted as absent: a user who read it then had not.
  it('looks up again what it has forgotten, as it remembers the newest messages alone', async () => {
    const read = (userId: typeof ada) => fact('MessageRead', { userId, messageId: messageNumber(1) });
    const three = fact('ConversationStarted', { members: [...members, { userId: cleo, role: 'member' as const }] });
    const before = [three, sent(1)];
    const many = Array.from({ length: 5_100 }, (_, n) => sent(n + 2));
    const after = [read(bob), ...many, read(cleo)];
    await feed(open(), recorded(before), [2]);
    for (const store of stores.splice(0)) await store.release(); // what follows has to be looked up
    await feed(open(), recorded(after, before.length), [1, 1_000]);
    const { rows } = await database.pool.query('select user_id, read_seq from messages.members where user_id <> $1', [
      ada,
    ]);
    expect(rows).to.have.deep.members([bob, cleo].map((userId) => ({ user_id: userId, read_seq: '1' })));
  });

  it('asks once for what it does not know, and for nothing that it has stored', async () => {
    const store = open();
    const events = recorded([
      started,
      sent(1),
      sent(2, bob),
      fact('MessageRead', { messageId: messageNumber(1) }),
      sent(3),
    ]);
    await feed(store, events.slice(0, 2), [2]);
    expect(asked).to.equal(1);
    await store.apply({ events: events.slice(2, 3), parked: [], from: events[1]!.position, to: events[2]!.position });
    expect(asked, 'whether bob is erased').to.equal(2);
    await store.apply({ events: events.slice(3, 5), parked: [], from: events[2]!.position, to: events[4]!.position });
    expect(asked).to.equal(2);
  });

  it('forgets what it knows where another node may have written', async () => {
    const [one, other] = [open(), open()];
    const events = recorded([started, sent(1), sent(2), sent(3)]);
    await feed(one, events.slice(0, 2), [2]);
    await other.seize();
    await other.apply({ events: events.slice(2, 3), parked: [], from: events[1]!.position, to: events[2]!.position });
    await other.release();
    await feed(one, events.slice(3), [1]);
    const { rows } = await database.pool.query<{ seq: string }>('select seq from messages.messages order by seq');
    expect(rows.map(({ seq }) => seq)).to.deep.equal(['1', '2', '3']);
    const conversations = await database.pool.query('select last_seq from messages.conversations');
    expect(conversations.rows).to.deep.equal([{ last_seq: '3' }]);
  });

  it('forgets what it has not stored', async () => {
    const store = open();
    const events = recorded([started, sent(1), sent(2)]);
    await feed(store, events.slice(0, 1), [1]);
    const [, spoiled] = recorded([started, { ...sent(1), data: { ...sent(1).data, text: 'holds \u0000' } }]);
    const failing = store.apply({ events: [spoiled!], parked: [], from: events[0]!.position, to: events[1]!.position });
    expect(String(await failing.catch((error: unknown) => error))).to.match(/unicode|null|\\u0000/i);
    await store.apply({ events: events.slice(2), parked: [], from: events[0]!.position, to: events[2]!.position });
    const { rows } = await database.pool.query('select message_id, seq from messages.messages');
    expect(rows).to.deep.equal([{ message_id: messageNumber(2), seq: '1' }]);
  });
});
