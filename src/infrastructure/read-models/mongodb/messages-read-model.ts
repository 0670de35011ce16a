import type { MessagesWriters } from '../../../application/projections/registry.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import type { MongoReadModel } from '../../projections/mongodb/mongo-read-model.js';
import { knownTables } from '../known-tables.js';
import { messagesWriters } from '../messages-writers.js';
import { MessageRowLoader } from './load-message-rows.js';
import { messageWrites } from './message-writes.js';
import { recentMessages } from './recent-messages.js';
import { MESSAGES_INDEXES } from './messages-collections.js';

/** Conversations, messages and reading in MongoDB. */
export const messagesInMongo: MongoReadModel<MessagesWriters> = {
  indexes: MESSAGES_INDEXES,
  recent: recentMessages,
  open: (documents) => {
    const tables = knownTables();
    let from = LOG_START;
    return {
      writers: messagesWriters(tables),
      load: (events, checkpoint) => {
        from = checkpoint;
        return new MessageRowLoader(tables, documents, from).load(events);
      },
      stages: () => messageWrites(tables, from),
    };
  },
};
