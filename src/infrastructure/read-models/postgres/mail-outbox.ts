import type pg from 'pg';
import type { MailOutbox, MailToSend } from '../../../application/ports/mail-outbox.js';
import type { MailWriters } from '../../../application/projections/registry.js';
import type { EventId } from '../../../domain/kernel/ids.js';
import type { ReadModel } from '../../projections/postgres/read-model.js';
import { MailBatch } from './mail-batch.js';
import * as sql from './mail-outbox.sql.js';
import { repairOutbox } from './repair-outbox.sql.js';
import { recentMail } from './recent-mail.js';

/** The queue of mails in PostgreSQL. It calls back when a mail was put into it. */
export const createMailReadModel = (onQueued: () => void): ReadModel<MailWriters> => ({
  tables: sql.MAIL_TABLES,
  unproven: { outbox: { columns: sql.DELIVERY_COLUMNS, where: sql.wantedIn } },
  recent: recentMail,
  repair: repairOutbox,
  open: () => {
    const batch = new MailBatch(onQueued);
    return { writers: batch.writers, batch: [batch] };
  },
});

/** Takes mails from the queue. */
export const createMailOutbox = (pool: Pick<pg.ClientBase, 'query'>): MailOutbox => ({
  claimDue: async (limit) => (await pool.query<MailToSend>(sql.CLAIM_DUE, [limit])).rows,
  markSent: async (eventId) => {
    await pool.query(sql.MARK_SENT, [eventId]);
  },
  withdrawn: async (eventIds) => {
    const { rows } = await pool.query<{ eventId: EventId }>(sql.WITHDRAWN, [eventIds]);
    return rows.map(({ eventId }) => eventId);
  },
  countUnsent: async () => (await pool.query<{ count: number }>(sql.COUNT_UNSENT)).rows[0]?.count ?? 0,
  markFailed: async (eventId, retryInSeconds, error) => {
    await pool.query(sql.MARK_FAILED, [eventId, retryInSeconds, error]);
  },
});
