/** The tables of the `audit_index` projection. */
export const AUDIT_INDEX_TABLES = `
  create table events (
    position        bigint primary key,
    type            text not null,
    stream_id       text collate "C" not null,
    actor_id        uuid,
    conversation_id uuid,
    message_id      uuid,
    recorded_at     timestamptz
  );
  create index events_by_type on events (type, position);
  create index events_by_stream on events (stream_id, position);
  create index events_by_actor on events (actor_id, position) where actor_id is not null;
  create index events_by_conversation on events (conversation_id, position) where conversation_id is not null;
  create index events_sent on events (conversation_id, position) include (actor_id) where type = 'MessageSent';
  create index events_without_conversation on events (message_id) where conversation_id is null and message_id is not null;
  create table users (
    user_id  uuid,
    position bigint,
    primary key (user_id, position)
  );
  create table times (
    bucket         text,
    start          timestamptz,
    type           text,
    events         bigint not null,
    first_position bigint not null,
    last_position  bigint not null,
    primary key (bucket, start, type)
  );
`;

/**
 * Adds events, and counts those that are new. The conversation of an event that names none is that of the first event of its
 * message.
 */
export const ADD = {
  name: 'audit_index.add',
  text: `
    with given as (
      select * from json_to_recordset($1)
        as (position bigint, type text, "streamId" text, "actorId" uuid, "conversationId" uuid, "messageId" uuid, "recordedAt" timestamptz)
    ), added as (
      insert into events (position, type, stream_id, actor_id, conversation_id, message_id, recorded_at)
      select position, type, "streamId", "actorId", "conversationId", "messageId", "recordedAt" from given
      on conflict do nothing
      returning position, type, recorded_at
    )
    insert into times as t (bucket, start, type, events, first_position, last_position)
    select bucket, date_trunc(bucket, recorded_at, 'UTC'), coalesce(type, '*'), count(*), min(position), max(position)
      from added cross join (values ('minute'), ('hour'), ('day')) as b (bucket)
     where recorded_at is not null
     group by grouping sets ((bucket, date_trunc(bucket, recorded_at, 'UTC'), type), (bucket, date_trunc(bucket, recorded_at, 'UTC')))
    on conflict (bucket, start, type) do update
      set events = t.events + excluded.events,
          first_position = least(t.first_position, excluded.first_position),
          last_position = greatest(t.last_position, excluded.last_position)`,
};

/** Tells events of messages ($1) that name no conversation which it is: the files of a message come before it. */
export const TELL_CONVERSATIONS = {
  name: 'audit_index.tell_conversations',
  text: `
    update events e set conversation_id = m.conversation_id
      from unnest($1::uuid[]) as of (message_id)
      join events m on m.stream_id = 'message-' || of.message_id
     where e.message_id = of.message_id and e.conversation_id is null and m.conversation_id is not null`,
};

export const ADD_USERS = {
  name: 'audit_index.add_users',
  text: `
    insert into users (user_id, position)
    select * from unnest($1::uuid[], $2::bigint[]) on conflict do nothing`,
};

export const REACHED = {
  name: 'audit_index.reached',
  text: `select position from projections.checkpoints where name = 'audit_index'`,
};

/**
 * Goes along an index of events, in its order, as far as $3. Compared as rows, because `column = $1 order by position` can be
 * answered along all positions as well: PostgreSQL did so for a conversation and for a rare type, and a page of a million
 * events took 90 and 170 ms.
 */
const along = (column: string): string => `
          from audit_index.events e
         where ${column} is not null and (${column}, e.position) > ($1, $2) and (${column}, e.position) <= ($1, $3)
         order by ${column}, e.position`;

/** The ways to the rows that may fit, the narrowest first, each with what it is found by. */
const WAYS = {
  streamId: along('e.stream_id'),
  conversationId: along('e.conversation_id'),
  userId: `
          from audit_index.users u join audit_index.events e on e.position = u.position
         where u.user_id = $1 and u.position > $2 and u.position <= $3 order by u.position`,
  actorId: along('e.actor_id'),
  type: along('e.type'),
  nothing: `
          from audit_index.events e
         where $1::text is null and e.position > $2 and e.position <= $3 order by e.position`,
} as const;

export type Way = keyof typeof WAYS;

/**
 * Looks at the next rows of one way ($4 of them, behind $2, up to $3), and answers the positions of those that fit all else,
 * how many it has looked at, and the last of them.
 */
export const findBy = (way: Way): { readonly name: string; readonly text: string } => ({
  name: `audit_index.find_by_${way.toLowerCase()}`,
  text: `
      with looked_at as materialized (
        select e.position, e.type, e.stream_id, e.actor_id, e.conversation_id, e.recorded_at
          ${WAYS[way]} limit $4)
      select count(*)::integer as rows, max(position) as last,
             coalesce(array_agg(position order by position) filter (
               where ($5::text is null or type = $5)
                 and ($6::text is null or stream_id = $6)
                 and ($7::uuid is null or actor_id = $7)
                 and ($8::uuid is null or conversation_id = $8)
                 and ($9::timestamptz is null or recorded_at >= $9)
                 and ($10::timestamptz is null or recorded_at < $10)
                 and ($11::uuid is null or exists
                       (select from audit_index.users c where c.user_id = $11 and c.position = looked_at.position))
             ), '{}')::text[] as positions
        from looked_at`,
});

/** Answers where the first event stands that was recorded at a time or later. Stretches that begin at $1, $2 and $3 lie behind it. */
export const FIRST_SINCE = {
  name: 'audit_index.first_since',
  text: `
    select least(
      (select min(first_position) from audit_index.times where bucket = 'minute' and type = '*' and start >= $1 and start < $2),
      (select min(first_position) from audit_index.times where bucket = 'hour' and type = '*' and start >= $2 and start < $3),
      (select min(first_position) from audit_index.times where bucket = 'day' and type = '*' and start >= $3)) as position`,
};

/** Answers where the last event stands that was recorded before a time. Stretches that begin before $1, $2 and $3 lie before it. */
export const LAST_BEFORE = {
  name: 'audit_index.last_before',
  text: `
    select greatest(
      (select max(last_position) from audit_index.times where bucket = 'minute' and type = '*' and start >= $2 and start < $1),
      (select max(last_position) from audit_index.times where bucket = 'hour' and type = '*' and start >= $3 and start < $2),
      (select max(last_position) from audit_index.times where bucket = 'day' and type = '*' and start < $3)) as position`,
};

/** What is parked is not in the index: nobody knows whom it concerns. */
export const PARKED = {
  name: 'audit_index.parked',
  text: `
    select position from projections.parked
     where projection = 'audit_index' and position > $1 and position <= $2 order by position limit $3`,
};

/** Events of messages whose conversation the index has not been told yet: the files of a message come before it. */
export const UNTOLD = {
  name: 'audit_index.untold',
  text: `
    select position from audit_index.events
     where conversation_id is null and message_id is not null and position > $1 and position <= $2 order by position limit $3`,
};

/** Counts by time and type ($2, or null for each), behind a stretch ($5) and a type ($6). */
export const COUNT = {
  name: 'audit_index.count',
  text: `
    select start, type, events::float8 as events from audit_index.times
     where bucket = $1 and ($2::text is null and type <> '*' or type = $2)
       and ($3::timestamptz is null or start >= $3) and ($4::timestamptz is null or start < $4)
       and ($5::timestamptz is null or (start, type) > ($5, $6::text))
     order by start, type limit $7`,
};
