import { expect } from 'chai';
import type { Document } from 'mongodb';
import { fact } from '../../../support/events.js';
import { ada, bob, conversationNumber, messageNumber } from '../../../support/ids.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import { messagesIn, openStoredMessages, rowsOf } from '../../../support/mongo-messages.js';
import { feed, recorded } from '../../../support/projections.js';
import { watchCommands } from '../../../support/watched-commands.js';

const CONVERSATIONS = 10;
const MESSAGES = 480;
const MOST_TRIPS = 4;

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const members = [ada, bob].map((userId) => ({ userId, role: 'member' as const }));
const conversationOf = (n: number) => conversationNumber((n % CONVERSATIONS) + 1);

const STARTED = numbers(CONVERSATIONS).map((n) =>
  fact('ConversationStarted', { conversationId: conversationOf(n), kind: 'group', title: `Group ${n}`, members }),
);
const EARLIER = numbers(CONVERSATIONS).map((n) =>
  fact('MessageSent', {
    messageId: messageNumber(n + 1),
    conversationId: conversationOf(n),
    senderId: ada,
    text: 'one',
  }),
);
/** 500 events: messages, edits of earlier ones, and reading of those. */
const BUSY = [
  ...numbers(MESSAGES).map((n) =>
    fact('MessageSent', {
      messageId: messageNumber(CONVERSATIONS + n + 1),
      conversationId: conversationOf(n),
      senderId: ada,
      text: `message ${n}`,
    }),
  ),
  ...numbers(CONVERSATIONS).map((n) =>
    fact('MessageEdited', {
      messageId: messageNumber(n + 1),
      conversationId: conversationOf(n),
      senderId: ada,
      text: 'two',
    }),
  ),
  ...numbers(CONVERSATIONS).map((n) =>
    fact('MessageRead', { messageId: messageNumber(n + 1), conversationId: conversationOf(n), userId: bob }),
  ),
];

/** Answers the stage of a command: questions, documents, the conversations that count them, the checkpoint. */
const stageOf = ({ find, insert, update }: Document): number => {
  if (find !== undefined) return 1;
  const collection = String(insert ?? update);
  if (collection === 'projections') return 4;
  return collection.endsWith('_conversations') ? 3 : 2;
};

describeOnMongo('A batch of messages in MongoDB', (server) => {
  it('takes four round trips that follow on one another, however many events it has', async () => {
    const stored = await openStoredMessages(server(), { monitorCommands: true });
    try {
      const before = recorded([...STARTED, ...EARLIER]);
      const busy = recorded(BUSY, before.length);
      expect(busy).to.have.length(500);
      const store = messagesIn(stored.mongo).open();
      await feed(store, before, [before.length]);
      const watched = watchCommands(stored.mongo.db);
      await store.apply({ events: busy, parked: [], from: before.at(-1)!.position, to: busy.at(-1)!.position });
      watched.stop();
      const stages = watched.commands.map(stageOf);
      expect(stages, 'each stage after the one before').to.deep.equal([...stages].sort());
      expect(new Set(stages).size).to.equal(MOST_TRIPS);
      const asked = watched.commands.flatMap(({ find }) => (find === undefined ? [] : String(find)));
      expect(asked, 'each collection is asked once').to.deep.equal([...new Set(asked)]);
      expect(await stored.rows()).to.deep.equal(rowsOf([...before, ...busy]));
    } finally {
      await stored.close();
    }
  });
});
