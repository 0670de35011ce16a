/** The tables of the `users` projection. */
export const USERS_TABLES = `
  create table people (
    user_id        uuid primary key,
    username       text not null,
    username_key   text not null,
    email          text not null,
    email_verified boolean not null default false,
    display_name   text not null,
    bio            text,
    created_at     timestamptz not null,
    read_receipts  boolean not null default true,
    presence       text not null default 'everyone',
    locale         text not null default 'en',
    notifications  boolean not null default true,
    roles          text[] not null default '{}',
    erased_at      timestamptz
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

export const REGISTER = {
  name: 'profiles.register',
  text: `
    with input as (
      select * from json_to_record($1) as ("userId" uuid, username text, "usernameKey" text, email text, "displayName" text,
                                           terms text[], "registeredAt" timestamptz)
    ), found_by as (
      insert into search_terms (term, user_id) select unnest(terms), "userId" from input on conflict do nothing
    )
    insert into people (user_id, username, username_key, email, display_name, created_at)
    select "userId", username, "usernameKey", email, "displayName", "registeredAt" from input on conflict do nothing`,
};

export const VERIFY = {
  name: 'profiles.verify',
  text: `update people set email_verified = true where user_id = ($1::json ->> 'userId')::uuid`,
};

export const CHANGE_PROFILE = {
  name: 'profiles.change_profile',
  text: `
    with input as (
      select i.*, p.username_key from json_to_record($1) as i ("userId" uuid, "displayName" text, bio text, terms text[])
        join people p on p.user_id = i."userId"
    ), gone as (
      delete from search_terms t using input
       where t.user_id = input."userId" and t.term <> input.username_key and t.term <> all (input.terms)
    ), found_by as (
      insert into search_terms (term, user_id) select unnest(terms), "userId" from input on conflict do nothing
    )
    update people p set display_name = input."displayName", bio = input.bio
      from input where p.user_id = input."userId"`,
};

export const CHANGE_SETTINGS = {
  name: 'profiles.change_settings',
  text: `
    update people p set read_receipts = input."readReceipts", presence = input.presence, locale = input.locale,
                        notifications = input.notifications
      from json_to_record($1) as input ("userId" uuid, "readReceipts" boolean, presence text, locale text,
                                        notifications boolean)
     where p.user_id = input."userId"`,
};

export const RELATE = {
  name: 'profiles.relate',
  text: `
    insert into relations (user_id, kind, other_id, since)
    select "userId", kind, "otherId", at
      from json_to_record($1) as ("userId" uuid, kind text, "otherId" uuid, at timestamptz) on conflict do nothing`,
};

export const UNRELATE = {
  name: 'profiles.unrelate',
  text: `
    delete from relations r
     using json_to_record($1) as input ("userId" uuid, kind text, "otherId" uuid)
     where r.user_id = input."userId" and r.kind = input.kind and r.other_id = input."otherId"`,
};

export const GRANT = {
  name: 'profiles.grant',
  text: `
    update people p set roles = array_append(array_remove(p.roles, input.role), input.role)
      from json_to_record($1) as input ("userId" uuid, role text) where p.user_id = input."userId"`,
};

export const REVOKE = {
  name: 'profiles.revoke',
  text: `
    update people p set roles = array_remove(p.roles, input.role)
      from json_to_record($1) as input ("userId" uuid, role text) where p.user_id = input."userId"`,
};

/** Erases a user. Nothing of them stays but the id, and that they existed. */
export const ERASE = {
  name: 'profiles.erase',
  text: `
    with input as (
      select * from json_to_record($1) as ("userId" uuid, shown text, "erasedAt" timestamptz)
    ), terms as (
      delete from search_terms t using input where t.user_id = input."userId"
    ), relations_of as (
      delete from relations r using input where r.user_id = input."userId" or r.other_id = input."userId"
    ), sessions_of as (
      delete from sessions s using input where s.user_id = input."userId"
    )
    update people p set username = input.shown, username_key = '', email = '', email_verified = false,
                        display_name = input.shown, bio = null, locale = 'en', roles = '{}', erased_at = input."erasedAt"
      from input where p.user_id = input."userId"`,
};

export const START_SESSION = {
  name: 'sessions.start',
  text: `
    insert into sessions (session_id, user_id, device, address, epoch, started_at, last_used_at, expires_at)
    select "sessionId", "userId", device, address, epoch, "startedAt", "startedAt", "refreshExpiresAt"
      from json_to_record($1) as ("sessionId" uuid, "userId" uuid, device text, address text, epoch integer,
                                  "startedAt" timestamptz, "refreshExpiresAt" timestamptz)
    on conflict do nothing`,
};

export const REFRESH_SESSION = {
  name: 'sessions.refresh',
  text: `
    update sessions s set epoch = input.epoch, last_used_at = greatest(s.last_used_at, input."refreshedAt"),
                          expires_at = greatest(s.expires_at, input."refreshExpiresAt")
      from json_to_record($1) as input ("sessionId" uuid, epoch integer, "refreshedAt" timestamptz,
                                        "refreshExpiresAt" timestamptz)
     where s.session_id = input."sessionId" and s.epoch <= input.epoch`,
};

export const END_SESSION = {
  name: 'sessions.end',
  text: `
    update sessions s set ended_at = input."endedAt"
      from json_to_record($1) as input ("sessionId" uuid, "endedAt" timestamptz)
     where s.session_id = input."sessionId" and s.ended_at is null`,
};

export const END_SESSIONS = {
  name: 'sessions.end_all',
  text: `
    with input as (
      select * from json_to_record($1) as ("userId" uuid, epoch integer, "exceptSessionId" uuid,
                                                   "endedAt" timestamptz)
    ), raised as (
      insert into session_epochs as e (user_id, epoch, except_session_id, ended_at)
      select "userId", epoch, "exceptSessionId", "endedAt" from input
      on conflict (user_id) do update
         set epoch = excluded.epoch, except_session_id = excluded.except_session_id, ended_at = excluded.ended_at
       where e.epoch < excluded.epoch
      returning user_id, epoch, except_session_id
    )
    update sessions s set ended_at = input."endedAt"
      from input, raised
     where s.user_id = raised.user_id and s.epoch < raised.epoch and s.ended_at is null
       and s.session_id is distinct from raised.except_session_id`,
};
