import type pg from 'pg';
import type { Position } from '../../../domain/kernel/ids.js';
import type { RawLog } from '../../../application/ports/raw-log.js';
import type { MissedMail, MissedMails } from '../../../application/ports/missed-mails.js';

const REQUESTS = ['EmailVerificationRequested', 'PasswordResetRequested'] as const;
const CHECKPOINT = `select position from projections.checkpoints where name = 'mail'`;

/** Finds, of requests for mails, those of which the queue knows nothing, and mails that wait without an address. */
const FIND = `
  select asked.event_id as "eventId" from unnest($1::uuid[]) as asked (event_id)
   where not exists (select from mail.outbox o
                      where o.event_id = asked.event_id
                        and (o.sent_at is not null or exists (select from mail.recipients r where r.user_id = o.user_id)))`;

/** So many requests are looked up at a time. */
const AT_A_TIME = 1_000;

const QUEUE = `
  with recipient as (
    insert into mail.recipients (user_id, email, display_name) values ($3, $6, $7) on conflict do nothing
  )
  insert into mail.outbox (event_id, kind, user_id, ticket_id, expires_at, position)
  values ($1, $2, $3, $4, $5, $8) on conflict do nothing`;

const missedOf = async (pool: pg.Pool, asked: readonly MissedMail[]): Promise<MissedMail[]> => {
  const { rows } = await pool.query<{ eventId: string }>(FIND, [asked.map(({ eventId }) => eventId)]);
  const missing = new Set(rows.map(({ eventId }) => eventId));
  return asked.filter(({ eventId }) => missing.has(eventId));
};

/** Looks through the whole log up to the checkpoint, which may take long. */
const findMissed = async (pool: pg.Pool, log: Pick<RawLog, 'readAll'>): Promise<MissedMail[]> => {
  const { rows } = await pool.query<{ position: Position }>(CHECKPOINT);
  const upTo = rows[0]?.position;
  if (upTo === undefined) return [];
  const missed: MissedMail[] = [];
  let asked: MissedMail[] = [];
  for await (const event of log.readAll({ upTo, filter: { types: REQUESTS } })) {
    const { eventId, streamId, revision, position } = event;
    asked.push({ eventId, streamId, revision, position });
    if (asked.length < AT_A_TIME) continue;
    missed.push(...(await missedOf(pool, asked)));
    asked = [];
  }
  return [...missed, ...(await missedOf(pool, asked))];
};

/** The gaps in the queue of mails in PostgreSQL. */
export const createMissedMails = (pool: pg.Pool, log: Pick<RawLog, 'readAll'>): MissedMails => ({
  find: () => findMissed(pool, log),
  queue: async ({ eventId, kind, userId, ticketId, expiresAt, email, displayName, position }) => {
    await pool.query(QUEUE, [eventId, kind, userId, ticketId, expiresAt, email, displayName, position]);
  },
});
