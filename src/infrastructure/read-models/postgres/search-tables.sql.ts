/** The tables of the `search` projection. */
export const SEARCH_TABLES = `
  create table conversations (
    conversation_id uuid primary key,
    last_seq        bigint not null,
    last_position   bigint not null
  ) with (fillfactor = 70);

  create table messages (
    conversation_id uuid not null,
    seq             bigint not null,
    message_id      uuid not null unique,
    sender_id       uuid not null,
    -- In normal form; null where there is none, or none any more.
    text            text collate "C",
    sent_at         timestamptz not null,
    sent_position   bigint not null,
    position        bigint not null,
    primary key (conversation_id, seq)
  );
  create index messages_of_sender on messages (sender_id);

  -- Which messages of a block of a conversation have a gram. The newest ones of each conversation, fewer than a chunk, are in no list.
  create table grams (
    conversation_id uuid not null,
    block           integer not null,
    gram            bigint not null,
    messages        bytea not null,
    primary key (conversation_id, block, gram)
  ) with (fillfactor = 80);

  -- Who was erased: what comes of theirs later, sent in the same moment, is not found either.
  create table erased (
    user_id uuid primary key
  );
`;
