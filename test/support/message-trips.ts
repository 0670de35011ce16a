import type { Document } from 'mongodb';
import { fact } from './events.js';
import { ada, bob, conversationNumber, messageNumber } from './ids.js';
import { messagesIn, openStoredMessages, rowsOf } from './mongo-messages.js';
import type { MongoServer } from './mongodb.js';
import { feed, recorded } from './projections.js';
import { watchCommands } from './watched-commands.js';

const CONVERSATIONS = 10;
const MESSAGES = 480;

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

/** What a busy batch takes. */
export interface MessageTrips {
  readonly events: number;
  /** The stage of each command, in the order in which they were given. Each stage waits for the one before. */
  readonly stages: readonly number[];
  /** The collections that were read, one for each question. */
  readonly asked: readonly string[];
  /** What was stored at the end, and what had to be. */
  readonly stored: unknown;
  readonly expected: unknown;
}

/** Writes 500 events of messages to MongoDB in one batch, and watches what that takes. */
export const watchTrips = async (server: Pick<MongoServer, 'url'>): Promise<MessageTrips> => {
  const { mongo, rows, close } = await openStoredMessages(server, { monitorCommands: true });
  try {
    const before = recorded([...STARTED, ...EARLIER]);
    const busy = recorded(BUSY, before.length);
    const store = messagesIn(mongo).open();
    await feed(store, before, [before.length]);
    const watched = watchCommands(mongo.db);
    await store.apply({ events: busy, parked: [], from: before.at(-1)!.position, to: busy.at(-1)!.position });
    watched.stop();
    return {
      events: busy.length,
      stages: watched.commands.map(stageOf),
      asked: watched.commands.flatMap(({ find }) => (find === undefined ? [] : String(find))),
      stored: await rows(),
      expected: rowsOf([...before, ...busy]),
    };
  } finally {
    await close();
  }
};
