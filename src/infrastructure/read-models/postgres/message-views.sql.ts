import { ATTACHMENT_BYTES } from '../../../application/messages/text-bytes.js';
import { MESSAGE_COLUMNS } from './message-rows.js';

export const BEFORE = {
  name: 'messages.before',
  text: `select ${MESSAGE_COLUMNS} from messages.messages m
          where conversation_id = $1 and seq < $2 order by seq desc limit $3`,
};

export const AFTER = {
  name: 'messages.after',
  text: `select ${MESSAGE_COLUMNS} from messages.messages m
          where conversation_id = $1 and seq > $2 order by seq limit $3`,
};

/**
 * Finds the ordinal of the first message sent at or after a time. Times follow ordinals but for the clocks of several nodes,
 * so the ordinal is found by halving: 17 look-ups in 100,000 messages, where a search by time would want an index of its own.
 */
export const SEQ_AT = {
  name: 'messages.seq_at',
  text: `
    with recursive search as (
      select 1::bigint as low, c.last_seq + 1 as high from messages.conversations c where c.conversation_id = $1
      union all
      select case when m.sent_at < $2 then m.seq + 1 else s.low end,
             case when m.sent_at < $2 then s.high else m.seq end
        from search s join messages.messages m on m.conversation_id = $1 and m.seq = (s.low + s.high) / 2
       where s.low < s.high
    )
    select low as seq from search where low >= high limit 1`,
};

export const CHANGES = {
  name: 'messages.changes',
  text: `select ${MESSAGE_COLUMNS} from messages.messages m
          where conversation_id = $1 and (position, seq) > ($2, $5) and position <> sent_position and sent_position <= $3
          order by position, seq limit $4`,
};

export const FIND = {
  name: 'messages.find',
  text: `select ${MESSAGE_COLUMNS} from messages.messages m where message_id = $1`,
};

export const FIND_SOME = {
  name: 'messages.find_some',
  text: `select ${MESSAGE_COLUMNS} from messages.messages m where message_id = any ($1)`,
};

/** The file is looked for as it stands in the column of `Attachment`s, by the index on it. */
export const IS_ATTACHED_FOR = {
  name: 'messages.is_attached_for',
  text: `
    select exists (
      select from messages.messages m
        join messages.members viewer on viewer.conversation_id = m.conversation_id and viewer.user_id = $1 and viewer.active
       where m.attachments is not null
         and m.attachments @> jsonb_build_array(jsonb_build_object('mediaId', $2::text))) as is_attached`,
};

export const IS_ATTACHED = {
  name: 'messages.is_attached',
  text: `
    select exists (
      select from messages.messages m
       where m.attachments is not null
         and m.attachments @> jsonb_build_array(jsonb_build_object('mediaId', $1::text))) as is_attached`,
};

/**
 * Answers when the messages that came to each member but the sender, and those that they read, first reached the message: by a
 * watermark or by an answer of their own. What was read had come by then at the latest. Each is one look-up in an index.
 */
export const RECEIPTS = {
  name: 'messages.receipts',
  text: `
    select member.user_id, least(came.delivered_at, said.read_at, answered.sent_at) as delivered_at,
           least(said.read_at, answered.sent_at) as read_at
      from messages.messages m
      join messages.members member on member.conversation_id = m.conversation_id and member.active
                                  and member.user_id <> m.sender_id and member.user_id > $2
      left join lateral (select min(r.read_at) as read_at from messages.reads r
                          where r.conversation_id = m.conversation_id and r.user_id = member.user_id and r.seq >= m.seq
                            and r.visible_to is null) said on true
      left join lateral (select min(d.delivered_at) as delivered_at from messages.deliveries d
                          where d.conversation_id = m.conversation_id and d.user_id = member.user_id and d.seq >= m.seq) came
             on true
      left join lateral (select own.sent_at from messages.messages own
                          where own.conversation_id = m.conversation_id and own.sender_id = member.user_id and own.seq > m.seq
                          order by own.seq limit 1) answered on true
     where m.message_id = $1
     order by member.user_id limit $3`,
};

/** As `textBytesOf` counts them; null of a tombstone. */
const TEXT_BYTES = `octet_length(text) + ${ATTACHMENT_BYTES} * coalesce(jsonb_array_length(attachments), 0)`;

export const SENT_SINCE = {
  name: 'messages.sent_since',
  text: `
    select ${MESSAGE_COLUMNS}, m.sent_position
      from (
        select missed.*, sum(${TEXT_BYTES}) over (order by sent_position rows between unbounded preceding and 1 preceding) as bytes_before
          from (
            select m.*
              from messages.members member
              join messages.conversations c on c.conversation_id = member.conversation_id and c.last_message_position > $2
              cross join lateral (select * from messages.messages sent
                                   where sent.conversation_id = c.conversation_id and sent.sent_position > $2
                                   order by sent.sent_position limit $3) m
             where member.user_id = $1 and member.active
             order by m.sent_position limit $3) missed) m
     where coalesce(m.bytes_before, 0) <= $4
     order by m.sent_position`,
};

/** Messages that were sent after the position are left out: they come as sent. */
export const CHANGED_SINCE = {
  name: 'messages.changed_since',
  text: `
    select ${MESSAGE_COLUMNS}, m.change
      from (
        select missed.*, sum(${TEXT_BYTES}) over (order by position, conversation_id, seq rows between unbounded preceding and 1 preceding) as bytes_before
          from (
            select m.*
              from messages.members member
              join messages.conversations c on c.conversation_id = member.conversation_id and c.position > $2
              cross join lateral (select * from messages.messages changed
                                   where changed.conversation_id = c.conversation_id and changed.position > $2
                                     and changed.position <> changed.sent_position and changed.sent_position <= $2
                                   order by changed.position, changed.seq limit $3) m
             where member.user_id = $1 and member.active
             order by m.position, m.conversation_id, m.seq limit $3) missed) m
     where coalesce(m.bytes_before, 0) <= $4
     order by m.position, m.conversation_id, m.seq`,
};

export const SENT_BY = {
  name: 'messages.sent_by',
  text: `select ${MESSAGE_COLUMNS} from messages.messages m
          where sender_id = $1 and (conversation_id, seq) > ($2, $3) order by conversation_id, seq limit $4`,
};

export const REACTED_BY = {
  name: 'messages.reacted_by',
  text: `select message_id as "messageId", conversation_id as "conversationId", emoji, changed_at as "reactedAt"
           from messages.reactions
          where user_id = $1 and active and (message_id, emoji) > ($2, $3) order by message_id, emoji limit $4`,
};

export const SEQUENCES = {
  name: 'messages.sequences',
  text: 'select message_id, seq from messages.messages where message_id = any ($1)',
};
