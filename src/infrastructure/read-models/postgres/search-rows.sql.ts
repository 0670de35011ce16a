const MESSAGE = `
  json_build_object('messageId', m.message_id, 'conversationId', m.conversation_id, 'seq', m.seq, 'senderId', m.sender_id,
                    'text', m.text, 'sentAt', m.sent_at, 'sentPosition', m.sent_position::text, 'position', m.position::text)`;

/** Rows by their keys, as the application has them. */
export const LOAD = {
  name: 'search.load',
  text: `
    select
      array(select json_build_object('conversationId', c.conversation_id, 'lastSeq', c.last_seq,
                                     'lastPosition', c.last_position::text)
              from (select unnest($1::uuid[]) as conversation_id
                    union select m.conversation_id from messages m where m.sender_id = any ($4::uuid[])) touched
              join conversations c using (conversation_id)) as conversations,
      array(select ${MESSAGE} from messages m where m.message_id = any ($2::uuid[])) as messages,
      array(select json_build_object('userId', e.user_id) from erased e where e.user_id = any ($3::uuid[])) as erased`,
};

/** The messages of users that still have a text: one in each row, as nobody else has a turn while the driver takes a row apart. */
export const LOAD_SENT = {
  name: 'search.load_sent',
  text: `select ${MESSAGE} as message from messages m where m.sender_id = any ($1::uuid[]) and m.text is not null`,
};

/** The messages of conversations from one ordinal to another. */
export const LOAD_UNLISTED = {
  name: 'search.load_unlisted',
  text: `
    select ${MESSAGE} as message
      from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as unlisted (conversation_id, first, last)
      join messages m on m.conversation_id = unlisted.conversation_id and m.seq between unlisted.first and unlisted.last`,
};

/** Lists by their blocks ($1 and $2), which of them each is of ($3), and their grams ($4). */
const KEYS = `
      select ($1::uuid[])[list.place] as conversation_id, ($2::integer[])[list.place] as block, list.gram
        from unnest($3::integer[], $4::bigint[]) as list (place, gram)`;

/** The same, with what they say ($5). */
const LISTS = `
    select ($1::uuid[])[list.place], ($2::integer[])[list.place], list.gram, decode(list.messages, 'hex')
      from unnest($3::integer[], $4::bigint[], $5::text[]) as list (place, gram, messages)`;

export const LOAD_LISTS = {
  name: 'search.load_lists',
  text: `
    select g.conversation_id as "conversationId", g.block, g.gram, g.messages
      from (${KEYS}) key join grams g using (conversation_id, block, gram)`,
};

export const SAVE = {
  name: 'search.save',
  text: `
    with saved_conversations as (
      insert into conversations (conversation_id, last_seq, last_position)
      select "conversationId", "lastSeq", "lastPosition"
        from json_to_recordset($1) as i ("conversationId" uuid, "lastSeq" bigint, "lastPosition" bigint)
      on conflict (conversation_id) do update set last_seq = excluded.last_seq, last_position = excluded.last_position
    ), added_erased as (
      insert into erased (user_id) select "userId" from json_to_recordset($3) as i ("userId" uuid) on conflict do nothing
    )
    insert into messages (conversation_id, seq, message_id, sender_id, text, sent_at, sent_position, position)
    select "conversationId", seq, "messageId", "senderId", text, "sentAt", "sentPosition", position
      from json_to_recordset($2) as i ("conversationId" uuid, seq bigint, "messageId" uuid, "senderId" uuid, text text,
             "sentAt" timestamptz, "sentPosition" bigint, position bigint)
    on conflict (conversation_id, seq) do update set text = excluded.text, position = excluded.position`,
};

/** What is left of lists that have lost or gained single messages. */
export const PUT_LISTS = {
  name: 'search.put_lists',
  text: `
    insert into grams (conversation_id, block, gram, messages) ${LISTS}
    on conflict (conversation_id, block, gram) do update set messages = excluded.messages`,
};

export const REMOVE_LISTS = {
  name: 'search.remove_lists',
  text: `
    delete from grams g using (${KEYS}) key
     where g.conversation_id = key.conversation_id and g.block = key.block and g.gram = key.gram`,
};

/** New chunks, which come behind those that are there. */
export const EXTEND_LISTS = {
  name: 'search.extend_lists',
  text: `
    insert into grams (conversation_id, block, gram, messages) ${LISTS}
    on conflict (conversation_id, block, gram) do update set messages = grams.messages || excluded.messages`,
};
