import type { MessagesWriters } from '../../../application/projections/registry.js';
import type { ReadModel } from '../../projections/postgres/read-model.js';
import { createConversationWriter } from './conversation-writer.js';
import { MessageBatch, type OnSequenced } from './message-writer.js';
import { MESSAGES_TABLES } from './messages-tables.sql.js';
import { ErasureBatch } from './erased-texts-writer.js';
import { ReadingBatch } from './reading-writer.js';
import { recentMessages } from './recent-messages.js';
import { StatementBatch } from './statement-batch.js';

/** Conversations, messages and reading in PostgreSQL. */
export const createMessagesReadModel = (onSequenced: OnSequenced): ReadModel<MessagesWriters> => ({
  tables: MESSAGES_TABLES,
  recent: recentMessages,
  open: () => {
    const statements = new StatementBatch();
    const messages = new MessageBatch(onSequenced);
    const reading = new ReadingBatch();
    const erasedTexts = new ErasureBatch();
    return {
      writers: {
        conversations: createConversationWriter(statements, (conversationId) => messages.positionsIn(conversationId)),
        messages,
        reading,
        erasedTexts,
      },
      // Conversations before their messages, messages before those who read them and those who are erased.
      batch: [statements, messages, reading, erasedTexts],
    };
  },
});
