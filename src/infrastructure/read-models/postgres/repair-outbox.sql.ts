import { wantedIn } from './mail-outbox.sql.js';

/**
 * Makes the queue as the log has it, from tables made anew: whatever was sent stays sent. A mail that is still missing after
 * the others were queued has a link that was used: it is entered as done.
 */
export const repairOutbox = (anew: string): readonly string[] => [
  `delete from mail.recipients r where not exists (select from ${anew}.recipients a where a.user_id = r.user_id)`,
  `insert into mail.recipients as r (user_id, email, display_name)
   select user_id, email, display_name from ${anew}.recipients
   on conflict (user_id) do update set email = excluded.email, display_name = excluded.display_name
    where (r.email, r.display_name) is distinct from (excluded.email, excluded.display_name)`,
  `delete from mail.outbox t
    where not exists (select from ${anew}.outbox a where a.event_id = t.event_id)`,
  `insert into mail.outbox as o (event_id, kind, user_id, ticket_id, expires_at, position, sent_at, last_error)
   select t.event_id, t.kind, t.user_id, t.ticket_id, t.expires_at, t.position, now(), 'not sent: its link was used'
     from ${anew}.outbox t where ${wantedIn(anew)}
   on conflict (event_id) do update
      set kind = excluded.kind, user_id = excluded.user_id, ticket_id = excluded.ticket_id,
          expires_at = excluded.expires_at, position = excluded.position
    where (o.kind, o.user_id, o.ticket_id, o.expires_at, o.position)
          is distinct from (excluded.kind, excluded.user_id, excluded.ticket_id, excluded.expires_at, excluded.position)`,
];
