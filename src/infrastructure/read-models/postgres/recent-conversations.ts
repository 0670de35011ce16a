import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { RecentQuestion } from '../../projections/postgres/recent-question.js';
import { recentOf } from '../../projections/recent-events.js';
import { CONVERSATION_CHANGES, lastOfMembers } from '../recent-members.js';
import { recordset } from './recordset.js';

const HAPPENED = `
  with happened as (
    select * from json_to_recordset($1) as i ("conversationId" uuid, position bigint)
  )
  select position, format('what happened to conversation %s is missing', "conversationId") as problem
    from happened h
   where not exists (select from messages.changes c
                      where c.position = h.position and c.conversation_id = h."conversationId")
  union all
  select c.position, format('the log knows nothing of what happened to conversation %s', c.conversation_id)
    from messages.changes c
   where c.position > $2 and c.position <= $3 and not exists (select from happened h where h.position = c.position)
     and not exists (select from messages.erased e where e.position = c.position)
  union all
  select min(h.position), format('conversation %s is missing', h."conversationId")
    from happened h left join messages.conversations c on c.conversation_id = h."conversationId"
   where c.conversation_id is null group by h."conversationId"`;

const MEMBERS = `
  with expected as (
    select * from json_to_recordset($1) as i ("conversationId" uuid, "userId" uuid, active boolean, role text, position bigint)
  )
  select e.position, case when m.user_id is null then format('member %s of conversation %s is missing', "userId", "conversationId")
         else format('member %s of conversation %s is not as the log has them', "userId", "conversationId") end as problem
    from expected e left join messages.members m on m.conversation_id = e."conversationId" and m.user_id = e."userId"
   where (m.active, m.position) is distinct from (e.active, e.position) or (e.role is not null and m.role is distinct from e.role)
  union all
  select touched.position, format('conversation %s counts %s members and has %s', c.conversation_id, c.member_count, there.members)
    from (select "conversationId", max(position) as position from expected group by 1) touched
    join messages.conversations c on c.conversation_id = touched."conversationId"
    cross join lateral (select count(*) as members from messages.members m
                         where m.conversation_id = c.conversation_id and m.active) there
   where c.member_count <> there.members`;

/** Looks for what the newest events must have left of conversations and their members. */
export const recentConversations = (newest: RecentEvents): readonly RecentQuestion[] => {
  const happened = CONVERSATION_CHANGES.flatMap((type) => recentOf(newest, type)).map(
    ({ conversationId, position }) => ({ conversationId, position }),
  );
  return [
    { text: HAPPENED, values: [...recordset(happened), newest.after, newest.to] },
    { text: MEMBERS, values: recordset(lastOfMembers(newest)) },
  ];
};
