import type { MessagesWriters } from '../../../application/projections/registry.js';
import type { ReadModel } from '../../projections/postgres/read-model.js';
import { MessagesBatch } from './messages-batch.js';
import { MESSAGES_TABLES } from './messages-tables.sql.js';
import { recentMessages } from './recent-messages.js';

/** Conversations, messages and reading in PostgreSQL. */
export const messagesReadModel: ReadModel<MessagesWriters> = {
  tables: MESSAGES_TABLES,
  recent: recentMessages,
  open: () => {
    const batch = new MessagesBatch();
    return { writers: batch.writers, batch: [batch], rows: batch };
  },
};
