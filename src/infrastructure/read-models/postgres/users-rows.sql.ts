/** A time as the application writes it. */
const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Rows by their keys, and those that go with a user, as the application has them. */
export const LOAD = {
  name: 'users.load',
  text: `
    select
      array(select json_build_object(
                     'userId', p.user_id, 'username', p.username, 'usernameKey', p.username_key, 'email', p.email,
                     'emailVerified', p.email_verified, 'displayName', p.display_name, 'bio', p.bio,
                     'avatarMediaId', p.avatar_media_id,
                     'createdAt', ${instant('p.created_at')}, 'roles', p.roles, 'erasedAt', ${instant('p.erased_at')},
                     'settings', json_build_object('readReceipts', p.read_receipts, 'presence', p.presence,
                                                   'locale', p.locale, 'notifications', p.notifications),
                     'terms', array(select t.term from search_terms t where t.user_id = p.user_id))
              from people p where p.user_id = any ($1::uuid[])) as users,
      array(select json_build_object('userId', r.user_id, 'kind', r.kind, 'otherId', r.other_id,
                                     'since', ${instant('r.since')})
              from (select r.* from unnest($2::uuid[], $3::text[], $4::uuid[]) as key (user_id, kind, other_id)
                      join relations r using (user_id, kind, other_id)
                    union select r.* from relations r where r.user_id = any ($7::uuid[])
                    union select r.* from relations r where r.other_id = any ($7::uuid[])) r) as relations,
      array(select json_build_object(
                     'sessionId', s.session_id, 'userId', s.user_id, 'device', s.device, 'address', s.address,
                     'epoch', s.epoch, 'startedAt', ${instant('s.started_at')},
                     'lastUsedAt', ${instant('s.last_used_at')}, 'expiresAt', ${instant('s.expires_at')},
                     'endedAt', ${instant('s.ended_at')})
              from (select s.* from sessions s where s.session_id = any ($5::uuid[])
                    union select s.* from sessions s where s.user_id = any ($6::uuid[]) and s.ended_at is null
                    union select s.* from sessions s where s.user_id = any ($7::uuid[])) s) as sessions,
      array(select json_build_object('userId', e.user_id, 'epoch', e.epoch, 'exceptSessionId', e.except_session_id,
                                     'endedAt', ${instant('e.ended_at')})
              from session_epochs e where e.user_id = any ($6::uuid[])) as epochs`,
};

/** The rows of a batch, table by table, in one statement: each one more would cost as much as all of these. */
export const SAVE = {
  name: 'users.save',
  text: `
    with input as (
      select * from json_to_recordset($1) as i ("userId" uuid, username text, "usernameKey" text, email text,
             "emailVerified" boolean, "displayName" text, bio text, "avatarMediaId" uuid, "createdAt" timestamptz,
             "readReceipts" boolean, presence text, locale text, notifications boolean, roles text[], "erasedAt" timestamptz,
             terms text[])
    ), saved_users as (
      insert into people (user_id, username, username_key, email, email_verified, display_name, bio,
                          avatar_media_id, created_at, read_receipts, presence, locale, notifications, roles, erased_at)
      select "userId", username, "usernameKey", email, "emailVerified", "displayName", bio,
             "avatarMediaId", "createdAt", "readReceipts", presence, locale, notifications, roles, "erasedAt" from input
      on conflict (user_id) do update
         set username = excluded.username, username_key = excluded.username_key, email = excluded.email,
             email_verified = excluded.email_verified, display_name = excluded.display_name, bio = excluded.bio,
             avatar_media_id = excluded.avatar_media_id, read_receipts = excluded.read_receipts,
             presence = excluded.presence, locale = excluded.locale, notifications = excluded.notifications,
             roles = excluded.roles, erased_at = excluded.erased_at
    ), removed_terms as (
      delete from search_terms t using input where t.user_id = input."userId" and t.term <> all (input.terms)
    ), added_terms as (
      insert into search_terms (term, user_id) select unnest(terms), "userId" from input on conflict do nothing
    ), removed_relations as (
      delete from relations r using json_to_recordset($3) as i ("userId" uuid, kind text, "otherId" uuid)
       where r.user_id = i."userId" and r.kind = i.kind and r.other_id = i."otherId"
    ), saved_relations as (
      insert into relations (user_id, kind, other_id, since)
      select "userId", kind, "otherId", since
        from json_to_recordset($2) as i ("userId" uuid, kind text, "otherId" uuid, since timestamptz)
      on conflict (user_id, kind, other_id) do update set since = excluded.since
    ), removed_sessions as (
      delete from sessions s using json_to_recordset($5) as i ("sessionId" uuid) where s.session_id = i."sessionId"
    ), saved_sessions as (
      insert into sessions (session_id, user_id, device, address, epoch, started_at, last_used_at, expires_at, ended_at)
      select "sessionId", "userId", device, address, epoch, "startedAt", "lastUsedAt", "expiresAt", "endedAt"
        from json_to_recordset($4) as i ("sessionId" uuid, "userId" uuid, device text, address text, epoch integer,
               "startedAt" timestamptz, "lastUsedAt" timestamptz, "expiresAt" timestamptz, "endedAt" timestamptz)
      on conflict (session_id) do update
         set epoch = excluded.epoch, last_used_at = excluded.last_used_at, expires_at = excluded.expires_at,
             ended_at = excluded.ended_at
    )
    insert into session_epochs (user_id, epoch, except_session_id, ended_at)
    select "userId", epoch, "exceptSessionId", "endedAt"
      from json_to_recordset($6) as i ("userId" uuid, epoch integer, "exceptSessionId" uuid, "endedAt" timestamptz)
    on conflict (user_id) do update
       set epoch = excluded.epoch, except_session_id = excluded.except_session_id, ended_at = excluded.ended_at`,
};
