import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { RecentQuestion } from '../../projections/postgres/recent-question.js';
import { recentOf } from '../../projections/recent-events.js';
import { recordset } from './recordset.js';
import { recentConversations } from './recent-conversations.js';

/** Ordinals are counted back from the conversation's newest: the events reach up to it. */
const SENT = `
  with sent as (
    select i.*, c.conversation_id is not null as known, c.last_message_position,
           c.last_seq + 1 - row_number() over (partition by i.conversation_id order by i.position desc) as seq
      from json_to_recordset($1) as i ("messageId" uuid, conversation_id uuid, "senderId" uuid, position bigint)
      left join messages.conversations c using (conversation_id)
  ), by_conversation as (
    select conversation_id, count(*) as sent, min(seq) as first_seq, min(position) as first, max(position) as last,
           min(last_message_position) as counted
      from sent where known group by conversation_id
  )
  select sent.position, case when m.message_id is null then format('message %s is missing', sent."messageId")
         else format('message %s is not as it was sent', sent."messageId") end as problem
    from sent left join messages.messages m on m.message_id = sent."messageId"
   where (m.conversation_id, m.sender_id, m.sent_position) is distinct from (sent.conversation_id, sent."senderId", sent.position)
      or (known and m.seq is distinct from sent.seq)
  union all
  select last, format('conversation %s has %s messages where the log has %s', conversation_id, there.messages, sent)
    from by_conversation b cross join lateral
         (select count(*) as messages from messages.messages m
           where m.conversation_id = b.conversation_id and m.sent_position >= b.first) there
   where there.messages <> sent
  union all
  select first, format('conversation %s has a hole before ordinal %s', conversation_id, first_seq)
    from by_conversation b cross join lateral
         (select coalesce(max(m.seq), 0) as seq from messages.messages m
           where m.conversation_id = b.conversation_id and m.seq < b.first_seq) before
   where before.seq <> first_seq - 1
  union all
  select last, format('conversation %s does not count its newest message', conversation_id)
    from by_conversation where counted <> last`;

/** A missing message is reported by itself. */
const CHANGED = `
  select max(i.position) as position, format('what changed message %s is missing', i."messageId") as problem
    from json_to_recordset($1) as i ("messageId" uuid, position bigint)
    join messages.messages m on m.message_id = i."messageId"
   group by i."messageId", m.position having m.position < max(i.position)`;

/** A missing message is reported by itself. */
const READ = `
  select i.position, format('what user %s read of conversation %s is missing', i."userId", i."conversationId") as problem
    from json_to_recordset($1) as i ("conversationId" uuid, "userId" uuid, "messageId" uuid, position bigint)
    join messages.messages m on m.message_id = i."messageId"
   where not exists (select from messages.reads r
                      where r.conversation_id = i."conversationId" and r.user_id = i."userId" and r.seq = m.seq)
      or exists (select from messages.members b
                  where b.conversation_id = i."conversationId" and b.user_id = i."userId" and b.read_seq < m.seq)`;

const DELIVERED = `
  select i.position, format('what came to user %s of conversation %s is missing', i."userId", i."conversationId") as problem
    from json_to_recordset($1) as i ("conversationId" uuid, "userId" uuid, "messageId" uuid, position bigint)
    join messages.messages m on m.message_id = i."messageId"
   where not exists (select from messages.deliveries d
                      where d.conversation_id = i."conversationId" and d.user_id = i."userId" and d.seq = m.seq)`;

const ERASED = `
  select i.position, format('user %s is not known as erased', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
   where not exists (select from messages.erased e where e.user_id = i."userId")`;

/** Looks for what the newest events must have left of conversations, messages and reading. */
export const recentMessages = (newest: RecentEvents): readonly RecentQuestion[] => {
  const sent = recentOf(newest, 'MessageSent').map(({ messageId, conversationId, senderId, position }) => ({
    messageId,
    conversation_id: conversationId,
    senderId,
    position,
  }));
  const changed = (['MessageEdited', 'MessageDeleted'] as const)
    .flatMap((type) => recentOf(newest, type))
    .map(({ messageId, position }) => ({ messageId, position }));
  return [
    ...recentConversations(newest),
    { text: SENT, values: recordset(sent) },
    { text: CHANGED, values: recordset(changed) },
    { text: READ, values: recordset(recentOf(newest, 'MessageRead')) },
    { text: DELIVERED, values: recordset(recentOf(newest, 'MessagesDelivered')) },
    { text: ERASED, values: recordset(recentOf(newest, 'UserErased')) },
  ];
};
