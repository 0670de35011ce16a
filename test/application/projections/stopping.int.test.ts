import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import type { EventBatch, EventStore } from '../../../src/application/ports/event-store.js';
import { handledTypes } from '../../../src/application/projections/projector.js';
import { messagesProjection } from '../../../src/application/projections/registry.js';
import { runProjection } from '../../../src/application/projections/runner.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { fact } from '../../support/events.js';
import { eventually } from '../../support/eventually.js';
import { ada, bob, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { dump, feed, openMessages, recorded } from '../../support/projections.js';

const started = fact('ConversationStarted', {
  conversationId: conversationNumber(1),
  members: [
    { userId: ada, role: 'member' },
    { userId: bob, role: 'member' },
  ],
});
const sent = (n: number) =>
  fact('MessageSent', { messageId: messageNumber(n), conversationId: conversationNumber(1), senderId: ada });

// A subscription skipped events, and the projection went on: ordinals were given to the wrong messages for good.
describe('A projection whose events do not follow on each other', () => {
  let database: TestDatabase;
  const log = recorded([started, sent(1), sent(2), sent(3), sent(4)]);

  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  const batch = (after: number, events: EventBatch['events'], position: number): EventBatch => ({
    after: positionOf(after),
    events,
    undecodable: [],
    position: positionOf(position),
    passed: position - after,
    caughtUp: true,
  });

  /** Runs it over these batches until it has stopped; answers why, and what it then holds. */
  const stoppedBy = async (batches: readonly EventBatch[]) => {
    const store = await openMessages(database);
    const ending = new AbortController();
    const reasons: string[] = [];
    const asked: Position[] = [];
    const events = {
      async *subscribe({ after = positionOf(0) }: { after?: Position }) {
        asked.push(after);
        yield* batches;
      },
    } as unknown as EventStore;
    const running = runProjection({
      events,
      store,
      types: handledTypes(messagesProjection),
      observer: {
        advanced: () => undefined,
        parked: () => undefined,
        retrying: () => undefined,
        stopped: (reason) => reasons.push(reason),
        alive: () => {
          if (reasons.length > 0) ending.abort(); // it asked for the lease again, and did not get it
        },
      },
      signal: ending.signal,
      sleep: () => turn(),
    });
    await running;
    const { rows } = await database.pool.query('select projection, position, reason from projections.stopped');
    const messages = (await dump(database.pool, 'messages'))['messages'] ?? [];
    return { reasons, rows, messages, asked };
  };

  it('stops for good at a batch that does not begin behind the one before', async () => {
    const { reasons, rows, messages, asked } = await stoppedBy([
      batch(0, log.slice(0, 2), 2),
      batch(3, log.slice(3, 4), 4),
    ]);
    const reason = 'a batch begins behind position 3, but 2 was reached';
    expect(reasons).to.deep.equal([reason]);
    expect(rows).to.deep.equal([{ projection: 'messages', position: '2', reason }]);
    expect(messages).to.have.length(1);
    expect(asked).to.deep.equal(['0']);
  });

  it('stops at events that are out of order', async () => {
    const { reasons, messages } = await stoppedBy([batch(0, [log[0]!, log[2]!, log[1]!], 3)]);
    expect(reasons).to.deep.equal(['the event at position 2 came behind the one at 3']);
    expect(messages).to.deep.equal([]);
  });

  it('stops where a conversation has fewer messages than were counted', async () => {
    const store = await openMessages(database);
    await feed(store, log.slice(0, 3), [3]);
    await store.release();
    await database.pool.query('delete from messages.messages where seq = 2');
    const { reasons, messages } = await stoppedBy([batch(3, log.slice(3), 5)]);
    expect(reasons).to.deep.equal([`conversation ${conversationNumber(1)} has 1 messages, but 2 are counted`]);
    expect(messages).to.have.length(1);
  });

  it('stops where an ordinal would be given twice', async () => {
    const store = await openMessages(database);
    await feed(store, log.slice(0, 3), [3]);
    await store.release();
    await database.pool.query('update messages.conversations set last_seq = 1');
    const { reasons, messages } = await stoppedBy([batch(3, log.slice(3), 5)]);
    expect(reasons).to.deep.equal(['a message, or an ordinal of a conversation, would be there twice']);
    expect(messages).to.have.length(2);
  });

  it('stops where a message comes behind a later one of its conversation', async () => {
    const store = await openMessages(database);
    await feed(store, [log[0]!, log[2]!], [2]);
    await store.release();
    await database.pool.query('update projections.checkpoints set position = 1');
    const { reasons } = await stoppedBy([batch(1, [log[1]!], 2)]);
    expect(reasons).to.deep.equal([`message ${messageNumber(1)} at position 2 came behind a later one`]);
  });

  it('parks a message of a conversation that is not there, instead of dropping it', async () => {
    const store = await openMessages(database);
    const ending = new AbortController();
    const parked: string[] = [];
    const events = {
      async *subscribe() {
        yield batch(0, [log[1]!], 2);
        ending.abort();
      },
    } as unknown as EventStore;
    await runProjection({
      events,
      store,
      types: handledTypes(messagesProjection),
      observer: { advanced: () => undefined, parked: (_, reason) => parked.push(reason), retrying: () => undefined },
      signal: ending.signal,
      sleep: () => turn(),
      policy: { attempts: 1, backOffMs: () => 1 },
    });
    expect(parked).to.deep.equal([`message ${messageNumber(1)} is of a conversation that is not in the read model`]);
    await eventually(
      async () => (await database.pool.query('select from projections.parked')).rowCount,
      (count) => count === 1,
    );
  });
});
