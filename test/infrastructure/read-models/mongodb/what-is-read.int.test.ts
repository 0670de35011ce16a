import { expect } from 'chai';
import type { CommandSucceededEvent, Document } from 'mongodb';
import { searchProjection } from '../../../../src/application/projections/registry.js';
import { readingFrom } from '../../../../src/infrastructure/projections/mongodb/used-generation.js';
import { createSearchViews } from '../../../../src/infrastructure/read-models/mongodb/search-views.js';
import { fact } from '../../../support/events.js';
import { ada, bob, conversationNumber, messageNumber } from '../../../support/ids.js';
import { messageViewsOf } from '../../../support/mongo-read-models.js';
import {
  messagesIn,
  openStoredMessages,
  openStoredSearch,
  searchIn,
  type StoredMessages,
} from '../../../support/mongo-messages.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import { feed, recorded } from '../../../support/projections.js';

const MESSAGES = 60;
const conversationId = conversationNumber(1);
const members = [ada, bob].map((userId) => ({ userId, role: 'member' as const }));
const text = `a word in front of many others ${'and another '.repeat(50)}`;

const sent = Array.from({ length: MESSAGES }, (_, n) =>
  fact('MessageSent', {
    ...{ messageId: messageNumber(n + 1), conversationId, senderId: ada, text, mentions: [bob] },
    // The last one shows what it replies to.
    ...(n === MESSAGES - 1 && { replyTo: messageNumber(MESSAGES - 5) }),
  }),
);
const started = fact('ConversationStarted', { conversationId, kind: 'group', title: 'Group', members });
const edited = fact('MessageEdited', { messageId: messageNumber(1), conversationId, senderId: ada, text: 'a word' });

const ANYWHERE = { senderId: undefined, from: undefined, to: undefined, before: undefined };

/** Answers the documents of messages that a database sends while something is done. */
const sentBy = async ({ mongo }: StoredMessages, work: () => Promise<unknown>): Promise<readonly Document[]> => {
  const documents: Document[] = [];
  const answered = ({ reply }: CommandSucceededEvent): void => {
    const { cursor } = reply as { cursor?: { ns: string; firstBatch?: Document[]; nextBatch?: Document[] } };
    if (cursor?.ns.endsWith('_messages')) documents.push(...(cursor.firstBatch ?? cursor.nextBatch ?? []));
  };
  mongo.db.client.on('commandSucceeded', answered);
  await work();
  mongo.db.client.off('commandSucceeded', answered);
  return documents;
};

describeOnMongo('What is read from MongoDB', (server) => {
  let stored: StoredMessages;
  afterEach(() => stored.close());

  /* The texts of all messages that mention a member were read to count them, 8,000 characters each. */
  it('for an inbox is the text of what it shows, and of no other message that mentions its reader', async () => {
    stored = await openStoredMessages(server(), { monitorCommands: true });
    const store = messagesIn(stored.mongo).open();
    await feed(store, recorded([started, ...sent]), [MESSAGES + 1]);
    await store.release();
    const { conversations } = messageViewsOf(stored);
    const shown: { mentionCount: number; lastMessage: unknown }[] = [];
    const read = await sentBy(stored, async () => {
      const { conversations: page } = await conversations.inbox(bob, { before: undefined, limit: 10 });
      shown.push(...page);
    });
    expect(shown.map(({ mentionCount }) => mentionCount)).to.deep.equal([MESSAGES]);
    expect(shown[0]?.lastMessage).to.deep.include({ messageId: messageNumber(MESSAGES), text, replyToDeleted: false });
    expect(read.filter((each) => 'text' in each)).to.have.length(2);
    expect(read).to.have.length.greaterThan(MESSAGES - 1);
  });

  /* Each candidate came with the array that it is found by, which is several times as large as its text. */
  it('for a search, and for a batch, is never what messages are found by', async () => {
    stored = await openStoredSearch(server(), { monitorCommands: true });
    const read = await sentBy(stored, async () => {
      const store = searchIn(stored.mongo).open();
      await feed(store, recorded([started, ...sent, edited]), [MESSAGES + 1]);
      await store.release();
      const views = createSearchViews(readingFrom(stored.mongo, searchProjection.name));
      const { found } = await views.find({
        conversationIds: [conversationId],
        words: ['another'],
        limit: 100,
        ...ANYWHERE,
      });
      expect(found).to.have.length(MESSAGES - 1);
    });
    expect(read).to.have.length.greaterThan(MESSAGES - 2);
    expect(read.filter((each) => 'grams' in each)).to.deep.equal([]);
  });
});
