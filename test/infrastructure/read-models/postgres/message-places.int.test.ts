import { expect } from 'chai';
import { messageCursor } from '../../../../src/application/messages/message-cursor.js';
import { createConversationViews } from '../../../../src/infrastructure/read-models/postgres/conversation-views.js';
import { createMessageViews } from '../../../../src/infrastructure/read-models/postgres/message-views.js';
import { fact } from '../../../support/events.js';
import { ada, bob, conversationNumber, messageNumber, positionOf } from '../../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../../support/postgres.js';
import { feed, openMessages, recorded } from '../../../support/projections.js';
import { same } from '../../../support/same.js';

const first = conversationNumber(1);
const members = [ada, bob].map((userId) => ({ userId, role: 'member' as const }));
const sent = (n: number) => fact('MessageSent', { messageId: messageNumber(n), conversationId: first, senderId: ada });

describe('The place of a message in PostgreSQL', () => {
  let database: TestDatabase;

  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  it('stays when something changes it', async () => {
    const store = await openMessages(database);
    await feed(store, recorded([fact('ConversationStarted', { members }), sent(1), sent(2), sent(3)]), [4]);
    await store.release();
    const [messages, conversations] = [createMessageViews(database.pool), createConversationViews(database.pool)];
    await database.pool.query('update messages.messages set position = 90 where message_id = $1', [messageNumber(2)]);
    const missed = async (after: number) =>
      (await messages.sentSince(bob, positionOf(after), { limit: 10, maxTextBytes: 1_000 }, same)).map((each) => [
        each.sentPosition,
        each.message.position,
      ]);
    expect(await missed(1)).to.deep.equal([
      ['2', '2'],
      ['3', '90'],
      ['4', '4'],
    ]);
    expect(await missed(3)).to.have.length(1);
    const { messages: page } = await messages.history(first, { kind: 'newest' }, 10);
    expect(page.map(({ seq, cursor }) => [seq, cursor])).to.deep.equal(
      [1, 2, 3].map((seq) => [seq, messageCursor(seq)]),
    );
    expect(await conversations.unseenSince(bob, positionOf(3))).to.deep.equal([
      { conversationId: first, lastSeenSeq: 2, areSeenChanged: true },
    ]);
  });
});
