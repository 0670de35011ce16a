/** The tables of the `users` projection. */
export const USERS_TABLES = `
  create table people (
    user_id         uuid primary key,
    username        text not null,
    username_key    text not null,
    email           text not null,
    email_verified  boolean not null default false,
    display_name    text not null,
    bio             text,
    avatar_media_id uuid,
    created_at      timestamptz not null,
    read_receipts   boolean not null default true,
    presence        text not null default 'everyone',
    locale          text not null default 'en',
    notifications   boolean not null default true,
    roles           text[] not null default '{}',
    erased_at       timestamptz
  );
  create index people_by_username on people (username_key, user_id);

  -- What users are found by: prefixes of these, in the form that makes no difference of case.
  create table search_terms (
    term    text collate "C" not null,
    user_id uuid not null,
    primary key (term, user_id)
  );
  create index search_terms_of on search_terms (user_id);

  -- Who has whom among their contacts, or has blocked them.
  create table relations (
    user_id  uuid not null,
    kind     text not null,
    other_id uuid not null,
    since    timestamptz not null,
    primary key (user_id, kind, other_id)
  );
  create index relations_to on relations (other_id);

  create table sessions (
    session_id   uuid primary key,
    user_id      uuid not null,
    device       text,
    address      text not null,
    epoch        integer not null,
    started_at   timestamptz not null,
    last_used_at timestamptz not null,
    expires_at   timestamptz not null,
    ended_at     timestamptz
  );
  create index sessions_of_user on sessions (user_id);
  create index sessions_ended on sessions (ended_at) where ended_at is not null;

  -- How often all of a user's sessions were ended: those of earlier epochs are over, but for one.
  create table session_epochs (
    user_id           uuid primary key,
    epoch             integer not null,
    except_session_id uuid,
    ended_at          timestamptz not null
  );
  create index session_epochs_ended on session_epochs (ended_at);
`;
