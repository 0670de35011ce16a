import { ERASED } from '../../../application/kernel/erased.js';
import type { ConversationWriter } from '../../../application/projections/conversations.js';
import type { ConversationId, Position } from '../../../domain/kernel/ids.js';
import type { StatementBatch } from './statement-batch.js';

/** A title that came in the very moment in which its author was erased. */
const TITLE = `case when exists (select from erased e where e.user_id = input.titled_by) then '${ERASED}' else input.title end`;

const CHANGED = `
  , changed as (
    insert into changes (position, conversation_id, kind, user_id)
    select position, conversation_id, kind, user_id from input on conflict do nothing
  )`;

const START_CONVERSATION = {
  name: 'conversations.start',
  text: `
    with input as (
      select * from json_to_record($1) as (conversation_id uuid, kind text, title text, titled_by uuid,
                                           started_at timestamptz, members json, position bigint)
    ), member as (
      select m.user_id, m.role from input, json_to_recordset(input.members) as m (user_id uuid, role text)
    ), started as (
      insert into conversations (conversation_id, kind, title, titled_by, created_at, member_count, last_activity_at,
                                 activity_position, position)
      select conversation_id, kind, case when title is null then null else ${TITLE} end, titled_by, started_at, (select count(*) from member), started_at, position, position
        from input on conflict do nothing
    ), changed as (
      insert into changes (position, conversation_id, kind, user_id)
      select position, conversation_id, 'started', null from input on conflict do nothing
    )
    insert into members (conversation_id, user_id, role, joined_at, joined_position, position)
    select input.conversation_id, member.user_id, member.role, input.started_at, input.position, input.position
      from input, member on conflict do nothing`,
};

const RENAME_CONVERSATION = {
  name: 'conversations.rename',
  text: `
    with input as (
      select *, 'renamed' as kind, null::uuid as user_id
        from json_to_record($1) as (conversation_id uuid, title text, titled_by uuid, position bigint)
    )${CHANGED}
    update conversations c set title = ${TITLE}, titled_by = input.titled_by, position = input.position
      from input where c.conversation_id = input.conversation_id and c.position < input.position`,
};

/**
 * All who join one after another. They have read up to where they join: the last message stored, and those that the
 * batch will add before, of which `sent_before` has the positions. 500 users of one command cost one round trip, and nobody behind them waits.
 */
const ADD_MEMBERS = {
  name: 'conversations.add_members',
  text: `
    with input as (
      select *, 'member_added' as kind
        from json_to_recordset($1) as (conversation_id uuid, user_id uuid, role text, at timestamptz, sent_before json, position bigint)
    )${CHANGED}, counted as (
      update conversations c set position = added.position, member_count = c.member_count + added.count
        from (select i.conversation_id, max(i.position) as position, count(*) as count
                from input i join conversations known using (conversation_id)
               where i.position > known.position group by i.conversation_id) added
       where c.conversation_id = added.conversation_id
    )
    insert into members as m (conversation_id, user_id, role, joined_at, joined_position, joined_seq, read_seq, position)
    select distinct on (conversation_id, user_id) conversation_id, user_id, i.role, i.at, i.position,
           before.seq, before.seq, i.position
      from input i join conversations c using (conversation_id)
      cross join lateral (select c.last_seq + count(*) as seq from json_array_elements_text(i.sent_before) as sent (position)
                           where sent.position::bigint > c.last_message_position and sent.position::bigint < i.position) before
     order by conversation_id, user_id, i.position desc
    on conflict (conversation_id, user_id) do update
       set role = excluded.role, joined_at = excluded.joined_at, joined_position = excluded.joined_position,
           joined_seq = excluded.joined_seq, read_seq = excluded.read_seq, active = true, position = excluded.position
     where m.position < excluded.position`,
};

const REMOVE_MEMBER = {
  name: 'conversations.remove_member',
  text: `
    with input as (
      select *, 'member_removed' as kind
        from json_to_record($1) as (conversation_id uuid, user_id uuid, position bigint)
    )${CHANGED}, counted as (
      update conversations c set position = input.position, member_count = c.member_count - 1
        from input where c.conversation_id = input.conversation_id and c.position < input.position
    )
    update members m set active = false, position = input.position
      from input
     where m.conversation_id = input.conversation_id and m.user_id = input.user_id and m.position < input.position`,
};

const CHANGE_ROLE = {
  name: 'conversations.change_role',
  text: `
    with input as (
      select *, 'role_changed' as kind
        from json_to_record($1) as (conversation_id uuid, user_id uuid, role text, position bigint)
    )${CHANGED}, touched as (
      update conversations c set position = input.position
        from input where c.conversation_id = input.conversation_id and c.position < input.position
    )
    update members m set role = input.role, position = input.position
      from input
     where m.conversation_id = input.conversation_id and m.user_id = input.user_id and m.position < input.position`,
};

/** Where the batch's messages of a conversation stand so far: they are stored after what happened to conversations. */
type SentSoFar = (conversationId: ConversationId) => readonly Position[];

/** Writes conversations, members and what happened to them. */
export const createConversationWriter = (batch: StatementBatch, sentSoFar: SentSoFar): ConversationWriter => ({
  start: ({ data, position }) =>
    batch.add(START_CONVERSATION, {
      conversation_id: data.conversationId,
      kind: data.kind,
      title: data.title,
      titled_by: data.startedBy,
      started_at: data.startedAt,
      members: data.members.map(({ userId, role }) => ({ user_id: userId, role })),
      position,
    }),
  rename: ({ data, position }) =>
    batch.add(RENAME_CONVERSATION, {
      conversation_id: data.conversationId,
      title: data.title,
      titled_by: data.renamedBy,
      position,
    }),
  addMember: ({ data, position }) =>
    batch.addRow(ADD_MEMBERS, {
      conversation_id: data.conversationId,
      user_id: data.userId,
      role: data.role,
      at: data.addedAt,
      sent_before: sentSoFar(data.conversationId),
      position,
    }),
  removeMember: ({ data, position }) =>
    batch.add(REMOVE_MEMBER, { conversation_id: data.conversationId, user_id: data.userId, position }),
  changeRole: ({ data, position }) =>
    batch.add(CHANGE_ROLE, { conversation_id: data.conversationId, user_id: data.userId, role: data.role, position }),
});
