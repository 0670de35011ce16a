/** The tables of the `users` projection. */
export const USERS_TABLES = `
  create table people (
    user_id        uuid primary key,
    username       text not null,
    email          text not null,
    email_verified boolean not null default false,
    display_name   text not null,
    created_at     timestamptz not null
  );

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
  name: 'people.register',
  text: `
    insert into people (user_id, username, email, display_name, created_at)
    select "userId", username, email, "displayName", "registeredAt"
      from json_to_record($1) as ("userId" uuid, username text, email text, "displayName" text, "registeredAt" timestamptz)
    on conflict do nothing`,
};

export const VERIFY = {
  name: 'people.verify',
  text: `update people set email_verified = true where user_id = ($1::json ->> 'userId')::uuid`,
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
