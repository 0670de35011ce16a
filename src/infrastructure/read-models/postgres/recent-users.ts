import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { RecentQuestion } from '../../projections/postgres/recent-question.js';
import { recentOf } from '../../projections/recent-events.js';
import { recordset } from './recordset.js';

const REGISTERED = `
  select i.position, format('user %s is missing', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
   where not exists (select from users.people p where p.user_id = i."userId")
  union all
  select i.position, format('user %s is found by nothing', i."userId")
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
    join users.people p on p.user_id = i."userId" and p.erased_at is null
   where not exists (select from users.search_terms t where t.user_id = i."userId" and t.term = p.username_key)`;

const VERIFIED = `
  select i.position, format('the address of user %s is not verified', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
    join users.people p on p.user_id = i."userId"
   where not p.email_verified and p.erased_at is null`;

const ERASED = `
  select i.position, format('user %s is not erased', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
   where exists (select from users.people p where p.user_id = i."userId" and p.erased_at is null)`;

/** The sessions of erased users are gone. */
const STARTED = `
  select i.position, format('session %s is missing', i."sessionId") as problem
    from json_to_recordset($1) as i ("sessionId" uuid, "userId" uuid, position bigint)
   where not exists (select from users.sessions s where s.session_id = i."sessionId" and s.user_id = i."userId")
     and not exists (select from users.people p where p.user_id = i."userId" and p.erased_at is not null)`;

const ENDED = `
  select i.position, format('session %s has not ended', i."sessionId") as problem
    from json_to_recordset($1) as i ("sessionId" uuid, position bigint)
    join users.sessions s on s.session_id = i."sessionId" and s.ended_at is null`;

const ALL_ENDED = `
  select i.position, format('sessions of user %s have not ended', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, epoch integer, position bigint)
   where not exists (select from users.session_epochs e where e.user_id = i."userId" and e.epoch >= i.epoch)`;

const RELATIONS = `
  with last as (
    select distinct on ("userId", kind, "otherId") *
      from json_to_recordset($1) as i ("userId" uuid, kind text, "otherId" uuid, related boolean, position bigint)
     order by "userId", kind, "otherId", position desc
  )
  select last.position, format('the %s of user %s are not as the log has them', last.kind, last."userId") as problem
    from last
   where related <> exists (select from users.relations r
                             where r.user_id = last."userId" and r.kind = last.kind and r.other_id = last."otherId")
     and not exists (select from users.people p where p.user_id in (last."userId", last."otherId") and p.erased_at is not null)`;

const ROLES = `
  with last as (
    select distinct on ("userId", role) *
      from json_to_recordset($1) as i ("userId" uuid, role text, granted boolean, position bigint)
     order by "userId", role, position desc
  )
  select last.position, format('the roles of user %s are not as the log has them', last."userId") as problem
    from last join users.people p on p.user_id = last."userId" and p.erased_at is null
   where granted <> (last.role = any (p.roles))`;

const relations = (newest: RecentEvents): readonly object[] => [
  ...recentOf(newest, 'ContactAdded').map(({ userId, contactId: otherId, position }) => ({
    ...{ userId, otherId, position },
    ...{ kind: 'contacts', related: true },
  })),
  ...recentOf(newest, 'ContactRemoved').map(({ userId, contactId: otherId, position }) => ({
    ...{ userId, otherId, position },
    ...{ kind: 'contacts', related: false },
  })),
  ...recentOf(newest, 'UserBlocked').map(({ userId, blockedId: otherId, position }) => ({
    ...{ userId, otherId, position },
    ...{ kind: 'blocks', related: true },
  })),
  ...recentOf(newest, 'UserUnblocked').map(({ userId, blockedId: otherId, position }) => ({
    ...{ userId, otherId, position },
    ...{ kind: 'blocks', related: false },
  })),
];

const roles = (newest: RecentEvents): readonly object[] => [
  ...recentOf(newest, 'RoleGranted').map((each) => ({ ...each, granted: true })),
  ...recentOf(newest, 'RoleRevoked').map((each) => ({ ...each, granted: false })),
];

const idsOf = (rows: readonly { readonly userId: string; readonly position: string }[]): [string] =>
  recordset(rows.map(({ userId, position }) => ({ userId, position })));

/** Looks for what the newest events must have left of users and sessions. */
export const recentUsers = (newest: RecentEvents): readonly RecentQuestion[] => [
  { text: REGISTERED, values: idsOf(recentOf(newest, 'UserRegistered')) },
  { text: VERIFIED, values: idsOf(recentOf(newest, 'EmailVerified')) },
  { text: ERASED, values: idsOf(recentOf(newest, 'UserErased')) },
  { text: RELATIONS, values: recordset(relations(newest)) },
  { text: ROLES, values: recordset(roles(newest)) },
  { text: STARTED, values: recordset(recentOf(newest, 'SessionStarted')) },
  { text: ENDED, values: recordset(recentOf(newest, 'SessionEnded')) },
  { text: ALL_ENDED, values: recordset(recentOf(newest, 'SessionsEnded')) },
];
