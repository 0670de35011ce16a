import type pg from 'pg';
import type { ProjectedMessages } from '../../../application/ports/projected-messages.js';
import type { MessageId } from '../../../domain/kernel/ids.js';
import { SEQUENCES } from './message-views.sql.js';

/** Answers the ordinals of messages from the read model. */
export const createProjectedMessages = (pool: pg.Pool): ProjectedMessages => ({
  sequences: async (messageIds) => {
    const { rows } = await pool.query<{ message_id: MessageId; seq: string }>({ ...SEQUENCES, values: [messageIds] });
    return new Map(rows.map(({ message_id, seq }) => [message_id, Number(seq)]));
  },
});
