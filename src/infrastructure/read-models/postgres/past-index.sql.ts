/** Answers the last event that was recorded at a time ($1) or before it. No event behind a position ($2) was. */
export const LAST_AT = {
  name: 'past_index.last_at',
  text: `
    select position from audit_index.events
     where position <= $2 and recorded_at <= $1 order by position desc limit 1`,
};

export const LEFT_OUT = {
  name: 'past_index.left_out',
  text: `
    select position from projections.parked
     where projection = 'audit_index' and position <= $1 order by position limit $2`,
};

export const LAST_UP_TO = {
  name: 'past_index.last_up_to',
  text: 'select position from audit_index.events where position <= $1 order by position desc limit 1',
};

const PLACE = 'e.position, e.stream_id as "streamId", e.type';

/**
 * Names of streams are compared byte by byte, by an index of that order: all those with one beginning stand together. The offset
 * keeps each question by itself: a plan for all of them at once reads the whole table, as nothing says how few have one beginning.
 */
export const IN_STREAMS = {
  name: 'past_index.in_streams',
  text: `
    select e.* from unnest($1::text[]) as wanted (stream_id)
     cross join lateral (
       select ${PLACE} from audit_index.events e
        where e.stream_id = wanted.stream_id and e.position <= $3 and ($4::text[] is null or e.type = any ($4))) e
    union
    select e.* from unnest($2::text[]) as wanted (beginning)
     cross join lateral (
       select ${PLACE} from audit_index.events e
        where e.stream_id collate "C" >= wanted.beginning and e.stream_id collate "C" < wanted.beginning || '~'
          and e.position <= $3 and ($4::text[] is null or e.type = any ($4))
       offset 0) e
    order by position`,
};

export const LAST_IN_STREAMS = {
  name: 'past_index.last_in_streams',
  text: `
    select last.* from unnest($1::text[]) as wanted (stream_id)
     cross join lateral (
       select ${PLACE} from audit_index.events e
        where e.stream_id = wanted.stream_id and e.position <= $2 order by e.position desc limit 1) last`,
};

export const CONCERNING = {
  name: 'past_index.concerning',
  text: `
    select ${PLACE} from audit_index.users u join audit_index.events e on e.position = u.position
     where u.user_id = $1 and u.position > $4 and u.position <= $5 and e.conversation_id = $2 and e.type = any ($3)
     order by e.position`,
};

/**
 * Compared as rows, as the questions of the index of events are: otherwise it may go along all positions until enough messages
 * of the conversation have come.
 */
export const SENT = {
  name: 'past_index.sent',
  text: `
    select position, stream_id as "streamId" from audit_index.events
     where (conversation_id, position) > ($1, 0) and (conversation_id, position) <= ($1, $2) and type = 'MessageSent'
     order by conversation_id desc, position desc limit $3`,
};

/**
 * Counts messages between neighbouring ends ($2, in order), each together with the last of them. Each part is counted by itself, along
 * the index alone: to sort all messages into the parts one by one took three times as long.
 */
export const COUNT_SENT = {
  name: 'past_index.count_sent',
  text: `
    select parts.part, c.messages, c.position, e.stream_id as "streamId"
      from (select ordinality::integer - 1 as part, lag(up_to, 1, 0::bigint) over (order by ordinality) as after, up_to
              from unnest($2::bigint[]) with ordinality as ends (up_to, ordinality)) parts
     cross join lateral (
       select count(*)::integer as messages, max(position) as position from audit_index.events
        where (conversation_id, position) > ($1, parts.after) and (conversation_id, position) <= ($1, parts.up_to)
          and type = 'MessageSent') c
     cross join lateral (select stream_id from audit_index.events where position = c.position limit 1) e
     order by parts.part`,
};

/**
 * Finds the conversations of a user ($1) by the events of these types ($4) that concern them, and others ($2), each with where
 * its last message was sent, or it began, up to a position ($3).
 */
export const CONVERSATIONS_OF = {
  name: 'past_index.conversations_of',
  text: `
    with own as (
      select e.conversation_id from audit_index.users u join audit_index.events e on e.position = u.position
       where u.user_id = $1 and u.position <= $3 and e.type = any ($4) and e.conversation_id is not null
      union
      select * from unnest($2::uuid[]))
    select own.conversation_id as "conversationId", coalesce(sent.position, started.position) as position
      from own
     cross join lateral (
       select e.position from audit_index.events e
        where e.stream_id = 'conversation-' || own.conversation_id and e.position <= $3 order by e.position limit 1) started
      left join lateral (
       select e.position from audit_index.events e
        where (e.conversation_id, e.position) > (own.conversation_id, 0)
          and (e.conversation_id, e.position) <= (own.conversation_id, $3) and e.type = 'MessageSent'
        order by e.conversation_id desc, e.position desc limit 1) sent on true`,
};

export const LAST_SENT_BY = {
  name: 'past_index.last_sent_by',
  text: `
    select actor_id as "userId", max(position) as position from audit_index.events
     where conversation_id = $1 and type = 'MessageSent' and position <= $2 and actor_id is not null
     group by actor_id`,
};
