import { MESSAGE_COLUMNS } from './message-rows.js';

/** How many members a list shows of each conversation. */
const MEMBERS_IN_LISTS = 20;
const ALL_MEMBERS = 1_000;

const conversationOf = (shownMembers: number): string => `
  select viewer.user_id as viewer, c.conversation_id, c.kind, c.title, c.created_at, c.member_count, c.last_activity_at,
         c.activity_position, c.position, c.last_seq - viewer.read_seq as unread, viewer.read_seq,
         read.message_id as last_read_message_id, shown.members, to_json(m) as last_message
    from messages.members viewer
    join messages.conversations c using (conversation_id)
    left join lateral (select ${MESSAGE_COLUMNS} from messages.messages m
                        where m.conversation_id = c.conversation_id and m.seq = c.last_seq) m on true
    left join messages.messages read on read.conversation_id = c.conversation_id and read.seq = viewer.read_seq
    cross join lateral (
      select json_agg(json_build_object('userId', member.user_id, 'role', member.role, 'joinedAt',
               to_char(member.joined_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by member.joined_position, member.user_id) as members
        from (select * from messages.members
               where conversation_id = c.conversation_id and active
               order by joined_position, user_id limit ${shownMembers}) member) shown
   where viewer.active`;

export const FIND_FOR_VIEWERS = {
  name: 'conversations.find',
  text: `${conversationOf(ALL_MEMBERS)} and viewer.conversation_id = $1 and viewer.user_id = any ($2)`,
};

export const INBOX = {
  name: 'conversations.inbox',
  text: `${conversationOf(MEMBERS_IN_LISTS)}
     and viewer.user_id = $1 and c.activity_position < $2 order by c.activity_position desc limit $3`,
};

export const MEMBERSHIPS = {
  name: 'conversations.memberships',
  text: 'select user_id as "userId", conversation_id as "conversationId" from messages.members where user_id = any ($1) and active',
};

/** Of a conversation somebody was removed from, the removal is the last thing they learn. */
export const CHANGES_SINCE = {
  name: 'conversations.changes_since',
  text: `
    select change.position, change.conversation_id as "conversationId", change.kind, change.user_id as "userId"
      from messages.members viewer
      join messages.changes change on change.conversation_id = viewer.conversation_id and change.position > $2
     where viewer.user_id = $1
       and (viewer.active or change.position = viewer.position and change.kind = 'member_removed' and change.user_id = $1)
     order by change.position limit $3`,
};

export const READS_SINCE = {
  name: 'conversations.reads_since',
  text: `
    select * from (
      select distinct on (r.conversation_id, r.user_id) r.position, r.conversation_id as "conversationId",
             r.user_id as "userId", r.message_id as "messageId", r.seq::integer, r.read_at as "readAt"
        from messages.members viewer
        join messages.reads r on r.conversation_id = viewer.conversation_id and r.position > $2
       where viewer.user_id = $1 and viewer.active and (not r.hidden or r.user_id = $1)
       order by r.conversation_id, r.user_id, r.position desc) newest
     order by position limit $3`,
};

export const UNSEEN_SINCE = {
  name: 'conversations.unseen_since',
  text: `
    select c.conversation_id as "conversationId", coalesce(seen.seq, 0)::integer as "lastSeenSeq"
      from messages.members viewer
      join messages.conversations c on c.conversation_id = viewer.conversation_id and c.position > $2
      left join lateral (select m.seq from messages.messages m
                          where m.conversation_id = c.conversation_id and m.position <= $2
                          order by m.position desc limit 1) seen on true
     where viewer.user_id = $1 and viewer.active
     order by c.position`,
};
