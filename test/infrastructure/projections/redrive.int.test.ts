import { expect } from 'chai';
import type { EventStore, RecordedEvent } from '../../../src/application/ports/event-store.js';
import { LeaseLostError } from '../../../src/application/ports/projection-store.js';
import { messagesProjection } from '../../../src/application/projections/registry.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { redriveProjection } from '../../../src/infrastructure/projections/redrive.js';
import { fact } from '../../support/events.js';
import { ada, conversationNumber, messageNumber, positionOf } from '../../support/people.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { messagesReadModel, openMessages, recorded } from '../../support/projections.js';

const conversationId = conversationNumber(1);
const [started, sent] = recorded([
  fact('ConversationStarted', { conversationId, members: [{ userId: ada, role: 'member' }] }),
  fact('MessageSent', { conversationId, messageId: messageNumber(1), senderId: ada }),
]) as [RecordedEvent, RecordedEvent];

const REASON = 'it was spoiled';
/** As on a full disk. */
const REFUSE_UNPARKING = `
  create function public.fail() returns trigger language plpgsql as $$
    begin
      raise exception 'no room' using errcode = 'disk_full';
    end $$;
  create trigger fail before delete on projections.parked for each row execute function public.fail()`;

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

  /** With something that happens once the redrive has the lease, before it applies the event. */
  const redrive = (event: object = sent, meanwhile = () => Promise.resolve()) => {
    async function* readAll() {
      await meanwhile();
      yield event;
    }
    return redriveProjection({
      pool: database.pool,
      events: { readAll } as unknown as EventStore,
      projection: messagesProjection,
      readModel: messagesReadModel(),
    }).catch((error: unknown) => error);
  };

  const takeOver = async (): Promise<void> => {
    const other = await openMessages(database);
    await other.seize();
    await other.release();
  };

  /** The reasons of what is parked, and how many messages there are. */
  const state = async () => {
    const parked = await database.pool.query<{ reason: string }>('select reason from projections.parked');
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

  // Another node took the projection over meanwhile: every event that was left got "another node has taken over" for its
  // reason, and what was wrong with it was lost.
  for (const [what, event] of Object.entries({ 'can be applied': sent, 'cannot be applied': { ...sent, data: {} } }))
    it(`leaves it as it was when the lease is lost, and says so: one that ${what}`, async () => {
      expect(await redrive(event, takeOver)).to.be.instanceOf(LeaseLostError);
      expect(await state()).to.deep.equal({ reasons: [REASON], messages: 0 });
    });

  // It was applied in one transaction and no longer parked in a second: one that failed between them was applied again.
  it('applies nothing where it cannot take it from the parked ones', async () => {
    await database.pool.query(REFUSE_UNPARKING);
    expect(await redrive()).to.have.property('message', 'no room');
    expect(await state()).to.deep.equal({ reasons: [REASON], messages: 0 });
  });
});
