/** The tables of the `mail` projection. It is never rebuilt: what was sent stays sent. */
export const MAIL_TABLES = `
  create table recipients (
    user_id      uuid primary key,
    email        text not null,
    display_name text not null
  );

  create table outbox (
    event_id        uuid primary key,
    kind            text not null,
    user_id         uuid not null,
    ticket_id       uuid not null,
    expires_at      timestamptz not null,
    position        bigint not null,
    attempts        integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    sent_at         timestamptz,
    last_error      text
  );
  create index outbox_due on outbox (next_attempt_at) where sent_at is null;
`;

/** The result of sending a mail. */
export const DELIVERY_COLUMNS = ['attempts', 'next_attempt_at', 'sent_at', 'last_error'];

/** Finds the mails that must be in the queue: one whose link has expired or was superseded need not be. */
export const wantedIn = (schema: string): string => `
  t.expires_at > now()
  and t.position = (select max(o.position) from ${schema}.outbox o where o.user_id = t.user_id and o.kind = t.kind)`;

/** Withdraws mails. Nodes drop what they have kept of them once they find no row of it. */
export const WITHDRAW = {
  name: 'mail.withdraw',
  text: `
    with forgotten as (
      delete from recipients where user_id = any ($1::uuid[])
    )
    delete from outbox where user_id = any ($1::uuid[])`,
};

/** Remembers new recipients, renames those who were there before, and queues mails, for any number of events. */
export const SAVE = {
  name: 'mail.save',
  text: `
    with remembered as (
      insert into recipients (user_id, email, display_name)
      select "userId", email, "displayName"
        from json_to_recordset($1) as i ("userId" uuid, email text, "displayName" text) on conflict do nothing
    ), renamed as (
      update recipients r set display_name = i."displayName"
        from json_to_recordset($2) as i ("userId" uuid, "displayName" text) where r.user_id = i."userId"
    )
    insert into outbox (event_id, kind, user_id, ticket_id, expires_at, position)
    select "eventId", kind, "userId", "ticketId", "expiresAt", position
      from json_to_recordset($3) as i ("eventId" uuid, kind text, "userId" uuid, "ticketId" uuid,
             "expiresAt" timestamptz, position bigint)
    on conflict do nothing`,
};

/** Takes due mails for a while. If this node dies, they are due again. */
export const CLAIM_DUE = `
  with due as (
    select event_id from mail.outbox
     where sent_at is null and next_attempt_at <= now() order by next_attempt_at limit $1 for update skip locked
  )
  update mail.outbox o set next_attempt_at = now() + interval '2 minutes', attempts = attempts + 1
    from due, mail.recipients r
   where o.event_id = due.event_id and r.user_id = o.user_id
  returning o.event_id as "eventId", o.kind, o.user_id as "userId", o.ticket_id as "ticketId", o.expires_at as "expiresAt",
            o.attempts, r.email, r.display_name as "displayName"`;

export const WITHDRAWN = `
  select kept as "eventId" from unnest($1::uuid[]) as kept
   where not exists (select from mail.outbox o join mail.recipients r using (user_id) where o.event_id = kept)`;

export const COUNT_UNSENT = 'select count(*)::integer as count from mail.outbox where sent_at is null';

export const MARK_SENT = 'update mail.outbox set sent_at = now(), last_error = null where event_id = $1';

export const MARK_FAILED = `
  update mail.outbox set next_attempt_at = now() + make_interval(secs => $2), last_error = $3 where event_id = $1`;
