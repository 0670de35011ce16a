import { ALL_MEMBERS, MEMBERS_IN_LISTS } from '../../../application/ports/conversation-views.js';
import { MOST_MEMBERS_TOLD, TOLD_AGAIN_MS } from '../../../application/reading/told-again.js';
import { MESSAGE_COLUMNS } from './message-rows.js';

/** The first of the members of `c`, as JSON. */
const membersOf = (shown: number): string => `
      select json_agg(json_build_object('userId', member.user_id, 'role', member.role, 'joinedAt',
               to_char(member.joined_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by member.joined_position, member.user_id) as members
        from (select * from messages.members
               where conversation_id = c.conversation_id and active
               order by joined_position, user_id limit ${shown}) member`;

const conversationOf = (shownMembers: number): string => `
  select c.conversation_id, c.kind, c.title, c.created_at, c.member_count, c.last_activity_at,
         c.activity_position, c.position, c.last_seq - viewer.read_seq as unread,
         case when c.last_seq > viewer.read_seq then
           (select count(*) from messages.mentions mention
             where mention.conversation_id = c.conversation_id and mention.user_id = viewer.user_id
               and mention.seq > viewer.read_seq)
         else 0 end as mentions, viewer.read_seq,
         read.message_id as last_read_message_id, own.preferences, shown.members, to_json(m) as last_message
    from messages.members viewer
    join messages.conversations c using (conversation_id)
    left join lateral (select ${MESSAGE_COLUMNS} from messages.messages m
                        where m.conversation_id = c.conversation_id and m.seq = c.last_seq) m on true
    left join messages.messages read on read.conversation_id = c.conversation_id and read.seq = viewer.read_seq
    left join messages.preferences own on own.conversation_id = c.conversation_id and own.user_id = viewer.user_id
    cross join lateral (${membersOf(shownMembers)}) shown
   where viewer.active and viewer.user_id = $1`;

export const IS_MEMBER = {
  name: 'conversations.is_member',
  text: 'select from messages.members where conversation_id = $1 and user_id = $2 and active',
};

export const FIND = {
  name: 'conversations.find',
  text: `${conversationOf(ALL_MEMBERS)} and viewer.conversation_id = $2`,
};

export const FIND_SOME = {
  name: 'conversations.find_some',
  text: `${conversationOf(MEMBERS_IN_LISTS)} and viewer.conversation_id = any ($2)`,
};

/**
 * Answers each change once, however many users see it. A list shows other members than before where a removed member stood
 * before its last: for one who has come back since, that is not known any more, and is assumed. A member who has come back
 * has joined later than the change says, so the earliest of those who joined counts. The users whom a later removal has
 * taken out are answered too: they may not see the conversation as it is now.
 */
export const FIND_CHANGED = {
  name: 'conversations.find_changed',
  text: `
    select input.index, c.conversation_id, c.kind, c.title, c.created_at, c.member_count, c.position, shown.members,
           to_json(m) as last_message,
           (select json_agg(json_build_object('userId', own.user_id, 'preferences', own.preferences))
              from json_array_elements_text(input.joined) as who (user_id)
              join messages.preferences own on own.conversation_id = c.conversation_id and own.user_id = who.user_id::uuid
           ) as preferences,
           array(select gone.user_id from messages.members gone
                  where gone.conversation_id = c.conversation_id and not gone.active
                    and gone.position > input.position) as removed_since,
           exists (select from json_to_recordset(input.removed) as gone (user_id uuid, position bigint)
                     join messages.members was on was.conversation_id = c.conversation_id and was.user_id = gone.user_id
                    where last_shown.user_id is null or was.position > gone.position
                       or (was.joined_position, was.user_id) < (last_shown.joined_position, last_shown.user_id)) as shifted
      from json_to_recordset($1) as input (index integer, conversation_id uuid, position bigint, joined json, removed json)
      join messages.conversations c using (conversation_id)
      cross join lateral (${membersOf(MEMBERS_IN_LISTS)}) shown
      left join lateral (select joined_position, user_id from messages.members
                          where conversation_id = c.conversation_id and active
                          order by joined_position, user_id offset ${MEMBERS_IN_LISTS - 1} limit 1) last_shown on true
      cross join lateral (select min(joiner.joined_seq) as seq from json_array_elements_text(input.joined) as who (user_id)
                            join messages.members joiner on joiner.conversation_id = c.conversation_id
                                                        and joiner.user_id = who.user_id::uuid) joined
      left join lateral (select ${MESSAGE_COLUMNS} from messages.messages m
                          where m.conversation_id = c.conversation_id and m.seq = joined.seq) m on true`,
};

export const INBOX = {
  name: 'conversations.inbox',
  text: `${conversationOf(MEMBERS_IN_LISTS)}
     and c.activity_position < $2 order by c.activity_position desc limit $3`,
};

export const MEMBERSHIPS = {
  name: 'conversations.memberships',
  text: 'select user_id as "userId", conversation_id as "conversationId" from messages.members where user_id = any ($1) and active',
};

export const CHANGES_SINCE = {
  name: 'conversations.changes_since',
  text: `
    select first.position, viewer.conversation_id as "conversationId", first.kind
      from messages.members viewer
      cross join lateral (
        select change.position, change.kind from messages.changes change
         where change.conversation_id = viewer.conversation_id and change.position > $2
           and case when viewer.active then change.position >= viewer.joined_position
                    else change.position = viewer.position end
         order by change.position limit 1) first
     where viewer.user_id = $1
     order by first.position, viewer.conversation_id limit $3`,
};

export const PREFERENCES_SINCE = {
  name: 'conversations.preferences_since',
  text: `
    select own.position, own.conversation_id as "conversationId", own.preferences
      from messages.preferences own
      join messages.members viewer on viewer.conversation_id = own.conversation_id and viewer.user_id = $1 and viewer.active
     where own.user_id = $1 and own.position > $2
     order by own.position limit $3`,
};

export const READS_SINCE = {
  name: 'conversations.reads_since',
  text: `
    select * from (
      select distinct on (r.conversation_id) r.position, r.conversation_id as "conversationId",
             r.user_id as "userId", r.message_id as "messageId", r.seq::integer, r.read_at as "readAt"
        from messages.members viewer
        join messages.reads r on r.conversation_id = viewer.conversation_id and r.position > $2 and r.user_id = $1
       where viewer.user_id = $1 and viewer.active
       order by r.conversation_id, r.position desc) newest
     order by position limit $3`,
};

/** The newest watermark of others in a table, of those behind the start of its conversation. */
const newestOf = (kind: 'read' | 'delivered', table: string, time: string, condition: string): string => `
      (select distinct on (w.conversation_id, w.user_id) '${kind}' as kind, w.position, w.conversation_id as "conversationId",
              w.user_id as "userId", w.message_id as "messageId", w.seq::integer, w.${time} as at
         from own cross join told
         left join lateral (select w.position from messages.${table} w
                             where w.conversation_id = own.conversation_id and w.position <= $2 and w.${time} < told.before
                             order by w.position desc limit 1) start on true
         join messages.${table} w on w.conversation_id = own.conversation_id and w.position > coalesce(start.position, 0)
        where w.user_id <> $1 ${condition}
        order by w.conversation_id, w.user_id, w.seq desc)`;

/** When the newest watermark of each conversation was told that the viewer may have heard of. */
const heardOf = (table: string, time: string): string => `
        select newest.at from own cross join lateral (
          select w.${time} as at from messages.${table} w
           where w.conversation_id = own.conversation_id and w.position <= $2 order by w.position desc limit 1) newest`;

/**
 * In each conversation the search begins behind the last watermark that is so much older than the newest one that the viewer may
 * have heard of. A few rows before the position are looked at, however many there are.
 */
export const RECEIPTS_SINCE = {
  name: 'conversations.receipts_since',
  text: `
    with own as (
      select conversation_id from messages.members viewer join messages.conversations c using (conversation_id)
       where viewer.user_id = $1 and viewer.active and c.member_count <= ${MOST_MEMBERS_TOLD}
    ), told as (
      select max(at) - ${TOLD_AGAIN_MS} * interval '1 millisecond' as before
        from (${heardOf('reads', 'read_at')} union all ${heardOf('deliveries', 'delivered_at')}) heard
    )
    select * from (${newestOf('read', 'reads', 'read_at', 'and w.visible_to is null')}
      union all ${newestOf('delivered', 'deliveries', 'delivered_at', '')}) newest
     order by position, kind limit $3`,
};

/** How far the messages of `c` had come at a position, and whether one of those was changed since. */
const SEEN_AND_CHANGED = `
           c.conversation_id as "conversationId", coalesce(seen.seq, 0)::integer as "lastSeenSeq",
           exists (select from messages.messages m
                    where m.conversation_id = c.conversation_id and m.position > $2 and m.position <> m.sent_position
                      and m.sent_position <= $2) as "areSeenChanged"
      from messages.members viewer
      join messages.conversations c on c.conversation_id = viewer.conversation_id and c.position > $2
      left join lateral (select m.seq from messages.messages m
                          where m.conversation_id = c.conversation_id and m.sent_position <= $2
                          order by m.sent_position desc limit 1) seen on true`;

export const UNSEEN_SINCE = {
  name: 'conversations.unseen_since',
  text: `
    select ${SEEN_AND_CHANGED}
     where viewer.user_id = $1 and viewer.active
     order by c.position, c.conversation_id`,
};

export const CHANGED_BY_ERASURE = {
  name: 'conversations.changed_by_erasure',
  text: `
    select "conversationId", "lastSeenSeq", "areSeenChanged"
      from (select ${SEEN_AND_CHANGED} where viewer.user_id = $1) changed
     where "areSeenChanged" or exists (select from messages.changes titled
                                        where titled.conversation_id = "conversationId" and titled.position = $3)
     order by "conversationId"`,
};

export const LEFT_SINCE = {
  name: 'conversations.left_since',
  text: `select conversation_id from messages.members
          where user_id = $1 and not active and position > $2 order by position`,
};
