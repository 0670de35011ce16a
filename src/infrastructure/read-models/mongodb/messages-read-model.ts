import type { MessagesWriters } from '../../../application/projections/registry.js';
import type { MongoReadModel } from '../../projections/mongodb/mongo-read-model.js';
import { knownTables } from '../known-tables.js';
import { messagesWriters } from '../messages-writers.js';
import { MessageRowLoader } from './load-message-rows.js';
import { messageWrites } from './message-writes.js';
import { recentMessages } from './recent-messages.js';
import { MESSAGES_INDEXES } from './messages-collections.js';
import { batchStart, type BatchStart } from './row-documents.js';

/** Conversations, messages and reading in MongoDB. */
export const messagesInMongo: MongoReadModel<MessagesWriters> = {
  indexes: MESSAGES_INDEXES,
  order: { changes: { conversationId: 1, position: 1 } },
  recent: recentMessages,
  open: (documents) => {
    const tables = knownTables();
    let from: BatchStart;
    return {
      writers: messagesWriters(tables),
      load: (events, checkpoint) => {
        from = batchStart(events, checkpoint);
        return new MessageRowLoader(tables, documents, checkpoint).load(events);
      },
      stages: () => messageWrites(tables, from),
    };
  },
};
