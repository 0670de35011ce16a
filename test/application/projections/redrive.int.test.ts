import { expect } from 'chai';
import type { EventStore, ReadAllOptions, RecordedEvent } from '../../../src/application/ports/event-store.js';
import { LeaseLostError } from '../../../src/application/ports/projection-store.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../../src/domain/kernel/position.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { positionBefore } from '../../../src/infrastructure/event-store/dense-positions.js';
import { redriveProjection } from '../../../src/application/projections/redrive.js';
import { fact } from '../../support/events.js';
import { failOn } from '../../support/full-disk.js';
import { ada, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { messagesGenerations, openMessages, recorded } from '../../support/projections.js';
import { testCodec } from '../../support/test-codec.js';

const conversationId = conversationNumber(1);
const [started, sent, sentNext, startedOther] = recorded([
  fact('ConversationStarted', { conversationId, members: [{ userId: ada, role: 'member' }] }),
  fact('MessageSent', { conversationId, messageId: messageNumber(1), senderId: ada }),
  fact('MessageSent', { conversationId, messageId: messageNumber(2), senderId: ada }),
  fact('ConversationStarted', { conversationId: conversationNumber(2), members: [{ userId: ada, role: 'member' }] }),
]) as [RecordedEvent, RecordedEvent, RecordedEvent, RecordedEvent];
const sentLater = { ...sentNext, streamId: sent.streamId };

const REASON = 'it was spoiled';
const BEHIND = 'it came later';
const REFUSE_UNPARKING = failOn('delete', 'projections.parked');

describe('the redrive of a parked event', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
    const store = await openMessages(database);
    await store.acquire();
    await store.apply({
      events: [started],
      parked: [{ event: sent, reason: REASON }],
      from: LOG_START,
      to: positionOf(2),
    });
    await store.release();
  });
  afterEach(() => database.drop());

  /** Redrives, while something happens once after the redrive has the lease and before it applies the event. */
  const redrive = (event: object = sent, meanwhile = () => Promise.resolve()) => {
    const log = [started, event, sentLater, startedOther];
    async function* readAll({ after = LOG_START }: ReadAllOptions = {}) {
      await meanwhile();
      yield* log.filter((_, n) => !hasReached(after, positionOf(n + 1)));
    }
    return redriveProjection({
      events: {
        readAll,
        positionBefore: async (at: Position, n: number) => positionBefore(at, n),
      } as unknown as EventStore,
      generations: messagesGenerations(database),
    }).catch((error: unknown) => error);
  };

  /** Parks two later events as well: one of its stream, and one of another. */
  const parkMore = async (): Promise<void> => {
    const store = await openMessages(database);
    await store.acquire();
    const parked = [sentLater, startedOther].map((event) => ({ event, reason: BEHIND }));
    await store.apply({ events: [], parked, from: positionOf(2), to: positionOf(4) });
    await store.release();
  };

  const holders = async () =>
    (await database.pool.query<{ held_by: string | null }>('select held_by from projections.checkpoints')).rows;

  const takeOver = async (): Promise<void> => {
    const other = await openMessages(database);
    await other.seize();
    await other.release();
  };

  /** Answers the reasons of the parked events, and the number of messages. */
  const state = async () => {
    const parked = await database.pool.query<{ reason: string }>(
      'select reason from projections.parked order by position',
    );
    const messages = await database.pool.query('select from messages.messages');
    return { reasons: parked.rows.map(({ reason }) => reason), messages: messages.rowCount };
  };

  it('applies it, and parks it no longer', async () => {
    expect(await redrive()).to.deep.equal({ applied: 1, stillParked: 0 });
    expect(await state()).to.deep.equal({ reasons: [], messages: 1 });
  });

  it('says why it stays parked', async () => {
    const homeless = { ...sent, data: { ...sent.data, conversationId: conversationNumber(2) } };
    expect(await redrive(homeless)).to.deep.equal({ applied: 0, stillParked: 1 });
    expect((await state()).reasons)
      .to.have.length(1)
      .and.not.include(REASON);
  });

  // Another node took the projection over meanwhile: every event that was left was given the reason "another node has
  // taken over", and its own reason was lost.
  for (const [what, event] of Object.entries({ 'can be applied': sent, 'cannot be applied': { ...sent, data: {} } }))
    it(`leaves it as it was when the lease is lost, and says so: one that ${what}`, async () => {
      expect(await redrive(event, takeOver)).to.be.instanceOf(LeaseLostError);
      expect(await state()).to.deep.equal({ reasons: [REASON], messages: 0 });
    });

  // An event was applied in one transaction and removed from the parked ones in a second: one that failed between them
  // was applied again.
  it('applies nothing where it cannot take it from the parked ones', async () => {
    await database.pool.query(REFUSE_UNPARKING);
    expect(await redrive()).to.have.property('message', 'no room');
    expect(await state()).to.deep.equal({ reasons: [REASON], messages: 0 });
  });

  it('applies all of them, in order', async () => {
    await parkMore();
    expect(await redrive()).to.deep.equal({ applied: 3, stillParked: 0 });
    expect(await state()).to.deep.equal({ reasons: [], messages: 2 });
  });

  it('leaves what came behind it in its stream as it is where it fails again, and applies the rest', async () => {
    await parkMore();
    expect(await redrive({ ...sent, data: {} })).to.deep.equal({ applied: 1, stillParked: 2 });
    const { reasons, messages } = await state();
    expect(reasons).to.have.length(2);
    expect(reasons[0]).not.to.equal(REASON);
    expect(reasons[1]).to.equal(BEHIND);
    expect(messages).to.equal(0);
  });

  it('says so where the log has no event at its position', async () => {
    const result = await redriveProjection({
      events: createMemoryEventStore(testCodec),
      generations: messagesGenerations(database),
    });
    expect(result).to.deep.equal({ applied: 0, stillParked: 1 });
    expect((await state()).reasons).to.deep.equal(['there is no event at position 2']);
  });

  for (const [how, prepared] of Object.entries({ 'when it is done': '', 'when it fails': REFUSE_UNPARKING }))
    it(`lets the lease go ${how}`, async () => {
      await database.pool.query(prepared);
      await redrive();
      expect(await holders()).to.deep.equal([{ held_by: null }]);
    });
});
