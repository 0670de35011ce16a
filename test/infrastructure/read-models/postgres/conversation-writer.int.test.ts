import { expect } from 'chai';
import type { Projected } from '../../../../src/application/projections/projector.js';
import { createConversationWriter } from '../../../../src/infrastructure/read-models/postgres/conversation-writer.js';
import { MessageBatch } from '../../../../src/infrastructure/read-models/postgres/message-writer.js';
import { StatementBatch } from '../../../../src/infrastructure/read-models/postgres/statement-batch.js';
import { fact } from '../../../support/events.js';
import { cleo, conversationNumber, messageNumber, positionOf } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { feed, openMessages, recorded } from '../../../support/projections.js';

const group = conversationNumber(1);

/** An event at a position, as a projector gets it. */
const projected = <Data extends object>(made: { readonly type: string; readonly data: Data }, at: number) =>
  ({ ...recorded([made], at - 1)[0], data: made.data }) as Projected<Data>;

// Messages behind a join were counted as read, because the list of those before it went on growing until it was written.
describe('adding a member in a batch with messages', () => {
  let database: TestDatabase;

  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  it('tells which messages are there so far, whatever is added later', () => {
    const batch = new MessageBatch(() => undefined);
    batch.add(projected(fact('MessageSent', { messageId: messageNumber(1) }), 1));
    const soFar = batch.positionsIn(group);
    batch.add(projected(fact('MessageSent', { messageId: messageNumber(2) }), 2));
    expect([soFar, batch.positionsIn(group)]).to.deep.equal([['1'], ['1', '2']]);
  });

  it('counts messages that stand before the join alone', async () => {
    const store = await openMessages(database);
    await feed(store, recorded([fact('ConversationStarted')]), [1]);
    await store.release();
    const batch = new StatementBatch();
    const writer = createConversationWriter(batch, () => [positionOf(2), positionOf(4)]);
    writer.addMember(projected(fact('MemberAdded', { userId: cleo }), 3));
    const client = await database.pool.connect();
    try {
      await client.query('set search_path to messages');
      for (const statement of batch.statements()) await client.query(statement);
    } finally {
      client.release(true);
    }
    const { rows } = await database.pool.query('select joined_seq, read_seq from messages.members where user_id = $1', [
      cleo,
    ]);
    expect(rows).to.deep.equal([{ joined_seq: '1', read_seq: '1' }]);
  });
});
