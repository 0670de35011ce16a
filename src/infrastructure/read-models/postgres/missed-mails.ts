import type pg from 'pg';
import { untimed } from '../../postgres/session.js';
import type { MissedMail, MissedMails } from '../../../application/ports/missed-mails.js';

/** Finds requests up to the checkpoint of which the queue knows nothing, and mails that wait without an address. */
const FIND = `
  select e.event_id as "eventId", e.stream_id as "streamId", e.revision, e.position
    from log.events e
    join projections.checkpoints c on c.name = 'mail' and e.position <= c.position
   where e.type in ('EmailVerificationRequested', 'PasswordResetRequested')
     and not exists (select from mail.outbox o
                      where o.event_id = e.event_id
                        and (o.sent_at is not null or exists (select from mail.recipients r where r.user_id = o.user_id)))
   order by e.position`;

const QUEUE = `
  with recipient as (
    insert into mail.recipients (user_id, email, display_name) values ($3, $6, $7) on conflict do nothing
  )
  insert into mail.outbox (event_id, kind, user_id, ticket_id, expires_at, position)
  values ($1, $2, $3, $4, $5, $8) on conflict do nothing`;

/** Looks through the whole log, which may take long. */
const findMissed = async (pool: pg.Pool): Promise<MissedMail[]> => {
  const client = await pool.connect();
  try {
    const { rows } = await untimed(client, () => client.query<MissedMail>(FIND));
    client.release();
    return rows;
  } catch (error) {
    client.release(true);
    throw error;
  }
};

/** The gaps in the queue of mails in PostgreSQL. */
export const createMissedMails = (pool: pg.Pool): MissedMails => ({
  find: () => findMissed(pool),
  queue: async ({ eventId, kind, userId, ticketId, expiresAt, email, displayName, position }) => {
    await pool.query(QUEUE, [eventId, kind, userId, ticketId, expiresAt, email, displayName, position]);
  },
});
