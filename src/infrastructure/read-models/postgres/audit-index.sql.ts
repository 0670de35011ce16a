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

/** What an index lists positions by. */
const INDEXES = {
  streamId: { table: 'events', column: 'stream_id' },
  conversationId: { table: 'events', column: 'conversation_id' },
  userId: { table: 'users', column: 'user_id' },
  actorId: { table: 'events', column: 'actor_id' },
  type: { table: 'events', column: 'type' },
} as const;

export type Way = keyof typeof INDEXES;

export const WAYS = Object.keys(INDEXES) as readonly Way[];

/**
 * Lists the next positions of one index, in its order. Compared as rows, because `column = $1 order by position` can be answered along
 * all positions as well: PostgreSQL did so for a conversation and for a rare type, and a page of a million events took 90 and 170 ms.
 */
const along = (way: Way, value: string, isTimed: boolean): string => {
  const { table, column } = INDEXES[way];
  return `
      select position${isTimed ? TIMES[table] : ''} from audit_index.${table} t
       where ${column} is not null and (${column}, position) > (${value}, $1) and (${column}, position) <= (${value}, $2)
       order by ${column}, position limit $3`;
};

/** What a list says of the time of its events. Without it, a list is read from the index alone. */
const TIMES = {
  events: ', recorded_at',
  users: ', (select recorded_at from audit_index.events e where e.position = t.position)',
} as const;

const all = (isTimed: boolean): string => `
      select position${isTimed ? TIMES.events : ''} from audit_index.events
       where position > $1 and position <= $2 order by position limit $3`;

/** Where the values begin that the ways are gone by. */
const FIRST_VALUE = 9;

/** What is parked is not in the index: nobody knows whom it concerns. */
const PARKED = `
      select position from projections.parked
       where projection = 'audit_index' and position > $7 and position <= $8 order by position limit $4`;

/** Events of messages whose conversation the index has not been told yet: the files of a message come before it. */
const UNTOLD = `
      select position from audit_index.events
       where conversation_id is null and message_id is not null and position > $7 and position <= $8 order by position limit $4`;

/** Answers a list's number, the last position up to which it is whole, and how long it is. */
const reachOf = (list: string, n: number): string =>
  `select ${n} as list, case when count(*) = $3 then max(position) else $2 end as up_to, count(*) as rows from ${list}`;

/**
 * Says whether an event is found by another way, too: by one look at an index. The question is for one value, because what is asked by
 * `exists` may be answered by a list of all events of that way.
 */
const isFoundBy = (way: Way, value: string, n: number): string => {
  const { table, column } = INDEXES[way];
  return `
         and ((select list from longest) = ${n} or
              (select true from audit_index.${table} where ${column} = ${value} and position = l.position))`;
};

/**
 * Lists the next positions by each way, $3 of them at most, behind $1 and up to $2. Of the list that goes furthest, which is that of what
 * there is least of, it answers those that are found by the other ways, too, and are of the time ($5, $6), at most $4, and how far the list
 * goes. To look at each row of one way took four times as long.
 *
 * It also answers the first events behind $7 and up to $8 of which the index does not know whether they fit: in the same moment, so
 * that what it is told meanwhile is in one of the two.
 */
export const findBy = (ways: readonly Way[], isTimed: boolean): { readonly name: string; readonly text: string } => {
  const values = ways.map((_, n) => `$${FIRST_VALUE + n}`);
  const lists = ways.length === 0 ? [all(isTimed)] : ways.map((way, n) => along(way, values[n] ?? '', isTimed));
  const names = lists.map((_, n) => `list${n}`);
  const unknown = ways.includes('conversationId') ? [PARKED, UNTOLD] : [PARKED];
  return {
    name: `audit_index.find_by_${ways.join('_').toLowerCase()}${isTimed ? '_timed' : ''}`,
    text: `
    with ${lists.map((list, n) => `list${n} (position${isTimed ? ', at' : ''}) as materialized (${list})`).join(', ')},
    longest as materialized (
      select list, up_to from (${names.map(reachOf).join(' union all ')}) reach order by up_to desc, rows limit 1)
    select (select up_to from longest) as "lookedUpTo", array(
      select position from (
        ${names.map((name, n) => `select * from ${name} where (select list from longest) = ${n}`).join(' union all ')}
         order by position offset 0) l
       where ${isTimed ? IN_TIME : NO_TIME}
         ${ways.map((way, n) => isFoundBy(way, values[n] ?? '', n)).join('')}
       order by position limit $4)::text[] as positions,
      array(${unknown.map((list) => `(${list})`).join(' union all ')})::text[] as unknown`,
  };
};

const IN_TIME = `($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)`;
const NO_TIME = `$5::timestamptz is null and $6::timestamptz is null`;

/**
 * Answers where the first and the last event of a time stand. The whole minutes, hours and days of which it consists begin at $1, $2 and $3 or
 * later, and before $4, $5 and $6.
 */
export const WITHIN = {
  name: 'audit_index.within',
  text: `
    with parts (bucket, since, before) as (values
      ('minute', $1::timestamptz, least($2::timestamptz, $4::timestamptz)),
      ('hour', $2, least($3::timestamptz, $5::timestamptz)),
      ('day', $3, $6::timestamptz),
      ('hour', greatest($3, $6), $5),
      ('minute', greatest($2, $5), $4))
    select min(first_position) as first, max(last_position) as last
      from parts cross join lateral (
        select min(first_position) as first_position, max(last_position) as last_position from audit_index.times t
         where t.bucket = parts.bucket and t.type = '*' and t.start >= since and t.start < before) t`,
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

/**
 * Counts by time and type ($2, or null for each), behind a stretch ($5) and a type ($6). Each row says up to where, of the same moment; where
 * there is nothing to count, one row says that alone.
 */
export const COUNT = {
  name: 'audit_index.count',
  text: `
    select r.position, t.start, t.type, t.events
      from (select (${REACHED.text}) as position) r
      left join (
        select start, type, events::float8 as events from audit_index.times
         where bucket = $1 and ($2::text is null and type <> '*' or type = $2)
           and ($3::timestamptz is null or start >= $3) and ($4::timestamptz is null or start < $4)
           and ($5::timestamptz is null or (start, type) > ($5, $6::text))
         order by start, type limit $7) t on true
     order by t.start, t.type`,
};
