import { expect } from 'chai';
import fc from 'fast-check';
import { LeaseLostError } from '../../../src/application/ports/projection-store.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { draws } from '../../support/draws.js';
import { fact } from '../../support/events.js';
import { ada, bob, cleo, conversationNumber, messageNumber } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { dump, feed, openMessages, recorded } from '../../support/projections.js';
import { attempts } from '../../support/random-attempts.js';
import { historyOf } from '../../support/random-history.js';

const RUNS = draws(10);

const started = fact('ConversationStarted', {
  conversationId: conversationNumber(1),
  members: [
    { userId: ada, role: 'member' },
    { userId: bob, role: 'member' },
  ],
});
const sent = (n: number, text = `message ${n}`) =>
  fact('MessageSent', {
    messageId: messageNumber(n),
    conversationId: conversationNumber(1),
    senderId: n % 2 ? ada : bob,
    text,
  });

describe('the messages projection', () => {
  let database: TestDatabase;

  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  /** Feeds a fresh database with events, and answers what its tables then hold. */
  const built = async (events: ReturnType<typeof recorded>, sizes: readonly number[], times = 1, isAhead = false) => {
    const own = await testDatabase();
    const store = await openMessages(own);
    await feed(store, events, sizes, isAhead);
    for (let again = 1; again < times; again += 1) {
      await own.pool.query('update projections.checkpoints set position = 0');
      await feed(store, events, sizes, isAhead);
    }
    const dumped = await dump(own.pool, 'messages');
    await store.release();
    await own.drop();
    return dumped;
  };

  it('is the same however its events are batched, and when it is fed everything twice', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        attempts,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        async (tried, sizes) => {
          const events = recorded(historyOf(tried));
          const oneByOne = await built(events, [1]);
          expect(await built(events, [events.length])).to.deep.equal(oneByOne);
          expect(await built(events, sizes, 2)).to.deep.equal(oneByOne);
          expect(await built(events, sizes, 2, true), 'computed ahead').to.deep.equal(oneByOne);
        },
      ),
      { numRuns: RUNS },
    );
  });

  // A user who joined a group was counted as having read the messages behind the join, if both were in one batch.
  it('lets a user who joins have read what was sent before, however the events are batched', async () => {
    const facts = [started, sent(1), sent(2), fact('MemberAdded', { userId: cleo }), sent(3), sent(4), sent(5)];
    for (const sizes of [[1], [3], [7]]) {
      const own = await testDatabase();
      const store = await openMessages(own);
      await feed(store, recorded(facts), sizes);
      const { rows } = await own.pool.query(
        `select m.joined_seq, m.read_seq, c.last_seq - m.read_seq as unread
           from messages.members m join messages.conversations c using (conversation_id) where m.user_id = $1`,
        [cleo],
      );
      expect(rows, `in batches of ${sizes[0]}`).to.deep.equal([{ joined_seq: '2', read_seq: '2', unread: '3' }]);
      await store.release();
      await own.drop();
    }
  });

  it('shows nothing of what somebody wrote who was erased, in whatever order it comes', async () => {
    const erased = fact('UserErased', { userId: ada });
    const renamed = fact('ConversationRenamed', { renamedBy: ada, title: 'hers' });
    for (const sizes of [[1], [2], [9]]) {
      const facts = [started, sent(1, 'hers'), sent(2, 'his'), erased, sent(3, 'hers'), renamed, sent(4, 'his')];
      const dumped = await built(recorded(facts), sizes);
      expect(JSON.stringify(dumped), `in batches of ${sizes[0]}`).not.to.include('hers');
      expect(JSON.stringify(dumped['messages']).match(/his/g)).to.have.length(2);
    }
  });

  it('gives messages ordinals 1, 2, 3, … in the order of the log', async () => {
    const store = await openMessages(database);
    await feed(store, recorded([started, sent(1), sent(2), sent(3)]), [2]);
    const { rows } = await database.pool.query('select message_id, seq from messages.messages order by seq');
    expect(rows).to.deep.equal([1, 2, 3].map((n) => ({ message_id: messageNumber(n), seq: String(n) })));
    await store.release();
  });

  it('refuses a node whose lease another has taken, and applies nothing of what it brings', async () => {
    const one = await openMessages(database);
    const other = await openMessages(database);
    const events = recorded([started, sent(1), sent(2)]);
    await feed(one, events.slice(0, 1), [1]);
    expect(await other.acquire()).to.equal(undefined);
    await database.pool.query(`update projections.checkpoints set lease_until = now() - interval '1 second'`);
    const taken = await other.acquire();
    expect(taken?.position).to.equal('1');
    const late = { events: events.slice(1), parked: [], from: '1' as Position, to: '3' as Position };
    const error = await one.apply(late).then(
      () => expect.fail('it should have been refused'),
      (refusal: unknown) => refusal,
    );
    expect(error).to.be.instanceOf(LeaseLostError);
    expect((await dump(database.pool, 'messages'))['messages']).to.deep.equal([]);
    await other.apply(late);
    expect((await dump(database.pool, 'messages'))['messages']).to.have.length(2);
    await one.release();
    await other.release();
  });

  it('leaves the checkpoint where it was when a batch fails', async () => {
    const store = await openMessages(database);
    const events = recorded([started, sent(1), sent(2, 'holds \u0000')]);
    const failure = await feed(store, events, [3]).then(
      () => expect.fail('it should have failed'),
      (error: unknown) => error,
    );
    expect(String(failure)).to.match(/unicode|null|\\u0000/i);
    const { rows } = await database.pool.query('select position from projections.checkpoints');
    expect(rows).to.deep.equal([{ position: '0' }]);
    expect((await dump(database.pool, 'messages'))['conversations']).to.deep.equal([]);
    await feed(store, events.slice(0, 2), [2]);
    expect((await dump(database.pool, 'messages'))['messages']).to.have.length(1);
    await store.release();
  });
});
