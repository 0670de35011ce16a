/** The tables of the `messages` projection. Rows hold the position that last changed them: a repeat changes nothing. */
export const MESSAGES_TABLES = `
  create table conversations (
    conversation_id   uuid primary key,
    kind              text not null,
    title             text,
    -- Whose words the title is: it goes with them.
    titled_by         uuid,
    created_at        timestamptz not null,
    member_count      integer not null,
    -- The ordinal of its newest message and where that was sent; ordinals are given in the order of the log.
    last_seq          bigint not null default 0,
    last_message_position bigint not null default 0,
    last_activity_at  timestamptz not null,
    activity_position bigint not null,
    position          bigint not null
  ) with (fillfactor = 70);

  create table members (
    conversation_id uuid not null,
    user_id         uuid not null,
    role            text not null,
    joined_at       timestamptz not null,
    joined_position bigint not null,
    -- The ordinal of the last message before that: unread begins behind it.
    joined_seq      bigint not null default 0,
    -- Who left keeps the row, so that a rebuild and a return find how far they had read.
    active          boolean not null default true,
    position        bigint not null,
    read_seq        bigint not null default 0,
    primary key (conversation_id, user_id)
  ) with (fillfactor = 70);
  create index members_of_user on members (user_id);

  create table messages (
    message_id      uuid primary key,
    conversation_id uuid not null,
    seq             bigint not null,
    sender_id       uuid not null,
    text            text,
    -- Null where nobody is mentioned.
    mentions        uuid[],
    -- Null where it carries no files.
    attachments     jsonb,
    reply_to        uuid,
    sent_at         timestamptz not null,
    edited_at       timestamptz,
    deleted_at      timestamptz,
    -- Its place in the history, in the order of the ordinals.
    sent_position   bigint not null,
    -- Its last change: where it was sent, as long as nothing has changed it.
    position        bigint not null,
    change          text
  );
  create unique index messages_in_order on messages (conversation_id, seq);
  create index messages_by_place on messages (conversation_id, sent_position);
  create index messages_by_sender on messages (sender_id, conversation_id, seq);
  create index messages_with_files on messages using gin (attachments jsonb_path_ops) where attachments is not null;
  -- An erasure changes many messages at one position.
  create index messages_changed on messages (conversation_id, position, seq) where position <> sent_position;

  -- Who is mentioned by which messages, to be counted behind what they have read.
  create table mentions (
    conversation_id uuid not null,
    user_id         uuid not null,
    seq             bigint not null,
    primary key (conversation_id, user_id, seq)
  );
  create index mentions_of_message on mentions (conversation_id, seq);

  create table reactions (
    message_id      uuid not null,
    user_id         uuid not null,
    emoji           text collate "C" not null,
    conversation_id uuid not null,
    -- One that was taken back keeps its row, so that a repeat of its event changes nothing.
    active          boolean not null,
    changed_at      timestamptz not null,
    position        bigint not null,
    primary key (message_id, user_id, emoji)
  );
  create index reactions_of_user on reactions (user_id, message_id, emoji);

  create table pins (
    conversation_id uuid not null,
    message_id      uuid not null,
    -- One that is pinned no more keeps its row: a resume tells of it.
    is_pinned       boolean not null,
    user_id         uuid not null,
    at              timestamptz not null,
    position        bigint not null,
    primary key (conversation_id, message_id)
  );
  create index pins_by_position on pins (conversation_id, position);

  -- How members keep their conversations. A member who has left finds it again.
  create table preferences (
    conversation_id uuid not null,
    user_id         uuid not null,
    preferences     json not null,
    position        bigint not null,
    primary key (conversation_id, user_id)
  );
  create index preferences_of_user on preferences (user_id, position);

  create table reads (
    conversation_id uuid not null,
    user_id         uuid not null,
    seq             bigint not null,
    message_id      uuid not null,
    read_at         timestamptz not null,
    position        bigint not null,
    -- The only user who may see it; null where everybody in the conversation may.
    visible_to      uuid,
    primary key (conversation_id, user_id, seq)
  );
  create index reads_by_position on reads (conversation_id, position);

  create table deliveries (
    conversation_id uuid not null,
    user_id         uuid not null,
    seq             bigint not null,
    message_id      uuid not null,
    delivered_at    timestamptz not null,
    position        bigint not null,
    primary key (conversation_id, user_id, seq)
  );
  create index deliveries_by_position on deliveries (conversation_id, position);

  -- Who was erased: what comes of theirs later, sent in the same moment, is not shown either.
  create table erased (
    user_id  uuid primary key,
    position bigint not null
  );

  create table changes (
    position        bigint not null,
    conversation_id uuid not null,
    kind            text not null,
    user_id         uuid,
    primary key (conversation_id, position)
  );
  create index changes_by_position on changes (position);
`;
