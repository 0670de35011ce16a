import { ERASED } from '../../../application/kernel/erased.js';
import { BROKEN_SEQUENCE, refuse } from '../../postgres/refusals.js';

/** Rows by their keys, as the application has them. */
export const LOAD = {
  name: 'messages.load',
  text: `
    select
      array(select json_build_object(
                     'conversationId', c.conversation_id, 'kind', c.kind, 'title', c.title, 'titledBy', c.titled_by,
                     'createdAt', c.created_at, 'memberCount', c.member_count, 'lastSeq', c.last_seq,
                     'lastMessagePosition', c.last_message_position::text, 'lastActivityAt', c.last_activity_at,
                     'activityPosition', c.activity_position::text, 'position', c.position::text)
              from conversations c where c.conversation_id = any ($1::uuid[])) as conversations,
      array(select json_build_object(
                     'conversationId', m.conversation_id, 'userId', m.user_id, 'role', m.role, 'joinedAt', m.joined_at,
                     'joinedPosition', m.joined_position::text, 'joinedSeq', m.joined_seq, 'active', m.active,
                     'readSeq', m.read_seq, 'position', m.position::text)
              from unnest($2::uuid[], $3::uuid[]) as key (conversation_id, user_id)
              join members m using (conversation_id, user_id)) as members,
      array(select json_build_object(
                     'messageId', m.message_id, 'conversationId', m.conversation_id, 'seq', m.seq,
                     'senderId', m.sender_id, 'text', m.text, 'mentions', m.mentions, 'attachments', m.attachments,
                     'replyTo', m.reply_to, 'sentAt', m.sent_at, 'editedAt', m.edited_at, 'deletedAt', m.deleted_at,
                     'sentPosition', m.sent_position::text, 'position', m.position::text, 'change', m.change)
              from messages m where m.message_id = any ($4::uuid[])) as messages,
      array(select json_build_object('userId', e.user_id, 'position', e.position::text) from erased e where e.user_id = any ($5::uuid[])) as erased`,
};

/**
 * The rows of a batch, table by table, in one statement: each one more would cost as much as all of these. Refuses ordinals
 * that do not follow on those that are there: to go on would leave a hole.
 */
export const SAVE = {
  name: 'messages.save',
  text: `
    with saved_conversations as (
      insert into conversations (conversation_id, kind, title, titled_by, created_at, member_count, last_seq,
                                 last_message_position, last_activity_at, activity_position, position)
      select "conversationId", kind, title, "titledBy", "createdAt", "memberCount", "lastSeq", "lastMessagePosition",
             "lastActivityAt", "activityPosition", position
        from json_to_recordset($1) as i ("conversationId" uuid, kind text, title text, "titledBy" uuid,
               "createdAt" timestamptz, "memberCount" integer, "lastSeq" bigint, "lastMessagePosition" bigint,
               "lastActivityAt" timestamptz, "activityPosition" bigint, position bigint)
      on conflict (conversation_id) do update
         set title = excluded.title, titled_by = excluded.titled_by, member_count = excluded.member_count,
             last_seq = excluded.last_seq, last_message_position = excluded.last_message_position,
             last_activity_at = excluded.last_activity_at, activity_position = excluded.activity_position,
             position = excluded.position
    ), saved_members as (
      insert into members (conversation_id, user_id, role, joined_at, joined_position, joined_seq, active, read_seq,
                           position)
      select "conversationId", "userId", role, "joinedAt", "joinedPosition", "joinedSeq", active, "readSeq", position
        from json_to_recordset($2) as i ("conversationId" uuid, "userId" uuid, role text, "joinedAt" timestamptz,
               "joinedPosition" bigint, "joinedSeq" bigint, active boolean, "readSeq" bigint, position bigint)
      on conflict (conversation_id, user_id) do update
         set role = excluded.role, joined_at = excluded.joined_at, joined_position = excluded.joined_position,
             joined_seq = excluded.joined_seq, active = excluded.active, read_seq = excluded.read_seq,
             position = excluded.position
    ), added_reads as (
      insert into reads (conversation_id, user_id, seq, message_id, read_at, position, visible_to)
      select "conversationId", "userId", seq, "messageId", "readAt", position, "visibleTo"
        from json_to_recordset($4) as i ("conversationId" uuid, "userId" uuid, seq bigint, "messageId" uuid,
               "readAt" timestamptz, position bigint, "visibleTo" uuid)
      on conflict do nothing
    ), added_changes as (
      insert into changes (position, conversation_id, kind, user_id)
      select position, "conversationId", kind, "userId"
        from json_to_recordset($5) as i (position bigint, "conversationId" uuid, kind text, "userId" uuid)
      on conflict do nothing
    ), input as (
      select * from json_to_recordset($3) as i ("messageId" uuid, "conversationId" uuid, seq bigint, "senderId" uuid,
             text text, mentions uuid[], attachments jsonb, "replyTo" uuid, "sentAt" timestamptz, "sentPosition" bigint)
    ), added_messages as (
      insert into messages (message_id, conversation_id, seq, sender_id, text, mentions, attachments, reply_to, sent_at,
                            sent_position, position)
      select "messageId", "conversationId", seq, "senderId", text, mentions, attachments, "replyTo", "sentAt",
             "sentPosition", "sentPosition" from input
      returning 1
    )
    select null as refusal from (select count(*) from added_messages) all_added
    union all
    select ${refuse(
      BROKEN_SEQUENCE,
      `format('conversation %s has %s messages, but %s are counted', first.conversation_id, there.seq, first.seq - 1)`,
    )}
      from (select "conversationId" as conversation_id, min(seq) as seq from input group by 1) first
      cross join lateral (select coalesce(max(m.seq), 0) as seq from messages m
                           where m.conversation_id = first.conversation_id) there
     where there.seq <> first.seq - 1`,
};

/** What has changed messages since they were sent, also those that the same batch has added. */
export const CHANGE_MESSAGES = {
  name: 'messages.change',
  text: `
    update messages m
       set text = i.text, mentions = i.mentions, attachments = i.attachments, edited_at = i."editedAt",
           deleted_at = i."deletedAt", change = i.change, position = i.position
      from json_to_recordset($1) as i ("messageId" uuid, text text, mentions uuid[], attachments jsonb,
             "editedAt" timestamptz, "deletedAt" timestamptz, change text, position bigint)
     where m.message_id = i."messageId" and m.position <= i.position`,
};

/** Saves who is mentioned by these messages now. */
export const SAVE_MENTIONS = {
  name: 'messages.save_mentions',
  text: `
    with input as (
      select "conversationId" as conversation_id, seq, coalesce(mentions, '{}') as mentions
        from json_to_recordset($1) as i ("conversationId" uuid, seq bigint, mentions uuid[])
    ), gone as (
      delete from mentions m using input i
       where m.conversation_id = i.conversation_id and m.seq = i.seq and m.user_id <> all (i.mentions)
    )
    insert into mentions (conversation_id, user_id, seq)
    select i.conversation_id, user_id, i.seq from input i cross join lateral unnest(i.mentions) as user_id
    on conflict do nothing`,
};

/** Reactions that were added or taken back. A later change of the same one stays. */
export const SAVE_REACTIONS = {
  name: 'messages.save_reactions',
  text: `
    insert into reactions (message_id, user_id, emoji, conversation_id, active, changed_at, position)
    select "messageId", "userId", emoji, "conversationId", active, "changedAt", position
      from json_to_recordset($1) as i ("messageId" uuid, "userId" uuid, emoji text, "conversationId" uuid, active boolean,
             "changedAt" timestamptz, position bigint)
    on conflict (message_id, user_id, emoji) do update
       set active = excluded.active, changed_at = excluded.changed_at, position = excluded.position
     where reactions.position < excluded.position`,
};

/** Messages that were pinned or unpinned. A later change of the same one stays. */
export const SAVE_PINS = {
  name: 'messages.save_pins',
  text: `
    insert into pins (conversation_id, message_id, is_pinned, user_id, at, position)
    select "conversationId", "messageId", "isPinned", "userId", at, position
      from json_to_recordset($1) as i ("conversationId" uuid, "messageId" uuid, "isPinned" boolean, "userId" uuid,
             at timestamptz, position bigint)
    on conflict (conversation_id, message_id) do update
       set is_pinned = excluded.is_pinned, user_id = excluded.user_id, at = excluded.at, position = excluded.position
     where pins.position < excluded.position`,
};

/** How members keep their conversations. A later change of the same one stays. */
export const SAVE_PREFERENCES = {
  name: 'messages.save_preferences',
  text: `
    insert into preferences (conversation_id, user_id, preferences, position)
    select "conversationId", "userId", preferences, position
      from json_to_recordset($1) as i ("conversationId" uuid, "userId" uuid, preferences json, position bigint)
    on conflict (conversation_id, user_id) do update
       set preferences = excluded.preferences, position = excluded.position
     where preferences.position < excluded.position`,
};

/** What has come to members' devices. What is there already stays as it is. */
export const SAVE_DELIVERIES = {
  name: 'messages.save_deliveries',
  text: `
    insert into deliveries (conversation_id, user_id, seq, message_id, delivered_at, position)
    select "conversationId", "userId", seq, "messageId", "deliveredAt", position
      from json_to_recordset($1) as i ("conversationId" uuid, "userId" uuid, seq bigint, "messageId" uuid,
             "deliveredAt" timestamptz, position bigint)
    on conflict do nothing`,
};

/**
 * Erases also what was not read before: the titles, the texts, the reactions and the preferences of these users,
 * wherever they are. What looks different is changed at the position of the erasure; where a batch changes it once more behind
 * that, it stays at the later one. Of what several erasures change, the last one counts.
 */
export const ERASE = {
  name: 'messages.erase',
  text: `
    with input as (
      select "userId" as user_id, position from json_to_recordset($1) as i ("userId" uuid, position bigint)
    ), noted as (
      insert into erased (user_id, position) select user_id, position from input on conflict do nothing
    ), touched as (
      select m.message_id, m.conversation_id, input.position, 'edited' as change, true as is_own
        from input join messages m on m.sender_id = input.user_id
       where m.text is not null
      union all
      select m.message_id, m.conversation_id, input.position, 'reacted', false
        from input join reactions r on r.user_id = input.user_id and r.active join messages m on m.message_id = r.message_id
       where m.deleted_at is null
    ), titled as (
      select c.conversation_id, c.position as before, input.position
        from input join conversations c on c.titled_by = input.user_id
       where c.title is not null
    ), renamed as (
      insert into changes (position, conversation_id, kind)
      select position, conversation_id, 'renamed' from titled where before <= position
      on conflict do nothing
    ), conversations_changed as (
      update conversations c
         set title = case when last.is_titled then '${ERASED}' else c.title end, position = greatest(c.position, last.position)
        from (select conversation_id, max(position) as position, bool_or(is_titled) as is_titled
                from (select conversation_id, position, true as is_titled from titled
                      union all select conversation_id, position, false from touched) each
               group by conversation_id) last
       where c.conversation_id = last.conversation_id
    ), mentions_gone as (
      delete from mentions x using messages m, input
       where m.sender_id = input.user_id and m.mentions is not null
         and x.conversation_id = m.conversation_id and x.seq = m.seq
    ), preferences_gone as (
      delete from preferences p using input where p.user_id = input.user_id
    ), reactions_gone as (
      delete from reactions r using input where r.user_id = input.user_id
    )
    update messages m
       set text = case when last.is_own then '${ERASED}' else m.text end,
           mentions = case when last.is_own then null else m.mentions end,
           attachments = case when last.is_own then null else m.attachments end,
           change = case when m.position <= last.position then last.change else m.change end,
           position = greatest(m.position, last.position)
      from (select distinct on (message_id) message_id, position, change,
                   bool_or(is_own) over (partition by message_id) as is_own
              from touched order by message_id, position desc, change) last
     where m.message_id = last.message_id`,
};
