import { isOfType } from '../../../application/kernel/is-of-type.js';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { RecentEvents, RecentProblem } from '../../../application/ports/projection-generations.js';
import type { SearchWriters } from '../../../application/projections/registry.js';
import {
  searchRows,
  type SearchedConversation,
  type SearchedMessage,
} from '../../../application/projections/search.js';
import { gramsOfText } from '../../../application/search/grams.js';
import type { UserId } from '../../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../../domain/kernel/position.js';
import type { Documents, Indexes, KeyedDocument, Write, Writes } from '../../mongodb/documents.js';
import type { MongoReadModel } from '../../projections/mongodb/mongo-read-model.js';
import { recentOf } from '../../projections/recent-events.js';
import { KnownRows } from '../known-rows.js';
import { touchedBy } from '../touched-search-rows.js';
import { batchStart, rowOf, writeGuarded, writeOnce, type BatchStart } from './row-documents.js';

/** A message is found by its grams, newest first, and looked through where a search has none. */
const INDEXES = {
  conversations: [],
  messages: [
    { key: { conversationId: 1, grams: 1, sentPosition: -1 } },
    { key: { conversationId: 1, sentPosition: -1 } },
    { key: { senderId: 1 } },
  ],
  erased: [],
} as const satisfies Indexes;

type Tables = {
  readonly conversations: KnownRows<SearchedConversation>;
  readonly messages: KnownRows<SearchedMessage>;
  readonly erased: KnownRows<{ readonly userId: UserId }>;
};

/** What a message is found by is several times as large as the message, and is never read. */
export const WITHOUT_GRAMS = { projection: { grams: 0 } } as const;

/** Answers the row of a message that was read without what it is found by. */
export const searchedMessageOf = (document: KeyedDocument): SearchedMessage => rowOf<SearchedMessage>(document);

const found = (row: SearchedMessage) => ({ ...row, grams: row.text === null ? [] : [...gramsOfText(row.text)] });

const load = async (
  { conversations, messages, erased }: Tables,
  documents: Documents,
  events: readonly RecordedEvent[],
): Promise<void> => {
  const touched = touchedBy(events);
  const sent = { senderId: { $in: [...touched.erased] }, text: { $ne: null } };
  const read = await Promise.all([
    documents.byKeys('conversations', [...touched.conversations]),
    documents.byKeys('erased', [...touched.senders]),
    documents.byKeys('messages', [...touched.messages], WITHOUT_GRAMS),
    touched.erased.size > 0 ? documents.find('messages', sent, WITHOUT_GRAMS) : [],
  ]);
  for (const each of read[0]) conversations.learn(each._id, rowOf(each));
  for (const each of read[1]) erased.learn(each._id, rowOf(each));
  for (const each of [...read[2], ...read[3]]) messages.learn(each._id, searchedMessageOf(each));
};

/** Answers what stores the changed rows: messages, then the conversations that count them, then what an erasure takes away. */
const stagesOf = ({ conversations, messages, erased }: Tables, from: BatchStart): readonly Writes[] => {
  const added = new Set(messages.added);
  const now = new Set(erased.changed.map(({ userId }) => userId));
  const gone = messages.changed.filter(({ senderId, text }) => now.has(senderId) && text === null);
  const counted = new Set(conversations.added);
  const stages = [
    {
      messages: messages.changed.map((row) =>
        writeGuarded({ key: row.messageId, row: found(row), isNew: added.has(row), from }),
      ),
    },
    {
      conversations: conversations.changed.map((row) => {
        // The position of a conversation is that of its newest message.
        const placed = { ...row, position: row.lastPosition };
        return writeGuarded({ key: row.conversationId, row: placed, isNew: counted.has(row), from });
      }),
    },
    {
      messages: gone.map(({ messageId: _id }): Write => ({
        changes: [{ filter: { _id }, update: { $set: { text: null, grams: [] } } }],
      })),
      erased: erased.changed.map((row) => writeOnce(row.userId, row)),
    },
  ];
  return stages.filter((writes) => Object.values(writes).some(({ length }) => length > 0));
};

/** Looks for what the newest events must have left of what messages are found by. */
const recent = async (newest: RecentEvents, documents: Documents): Promise<RecentProblem[]> => {
  const sent = recentOf(newest, 'MessageSent');
  const changed = newest.events.filter((event) => isOfType(event, 'MessageEdited', 'MessageDeleted'));
  const ids = [...sent, ...changed.map(({ data }) => data)].map(({ messageId }) => messageId);
  const stored = await documents.byKeys('messages', [...new Set(ids)], WITHOUT_GRAMS);
  const rows = new Map(stored.map((each) => [each._id, searchedMessageOf(each)]));
  const erased = recentOf(newest, 'UserErased');
  const texts = { senderId: { $in: erased.map(({ userId }) => userId) }, text: { $ne: null } };
  const left = erased.length > 0 ? await documents.find('messages', texts, WITHOUT_GRAMS) : [];
  const shown = new Set(left.map((each) => searchedMessageOf(each).senderId));
  const last = new Map(changed.map(({ data, position }) => [data.messageId, position]));
  return [
    ...sent
      .filter(({ messageId, position }) => rows.get(messageId)?.sentPosition !== position)
      .map(({ messageId, position }) => ({ position, problem: `message ${messageId} is not found` })),
    ...[...last]
      .filter(
        ([messageId, position]) =>
          rows.has(messageId) && !hasReached(rows.get(messageId)?.position ?? LOG_START, position),
      )
      .map(([messageId, position]) => ({ position, problem: `message ${messageId} is not found as it was changed` })),
    ...erased
      .filter(({ userId }) => shown.has(userId))
      .map(({ userId, position }) => ({ position, problem: `texts of user ${userId} are found` })),
  ];
};

/** What messages are found by, in MongoDB: each has an array of its grams. */
export const searchInMongo: MongoReadModel<SearchWriters> = {
  indexes: INDEXES,
  recent,
  open: (documents) => {
    const tables: Tables = { conversations: new KnownRows(), messages: new KnownRows(), erased: new KnownRows() };
    let from: BatchStart;
    return {
      writers: { search: searchRows(tables) },
      load: (events, checkpoint) => {
        from = batchStart(events, checkpoint);
        return load(tables, documents, events);
      },
      stages: () => stagesOf(tables, from),
    };
  },
};
