import type { RecentEvents } from '../../../application/ports/projection-generations.js';
import type { RecentQuestion } from '../../projections/postgres/recent-question.js';
import { recentOf } from '../../projections/recent-events.js';
import { recordset } from './recordset.js';

/** A mail whose link has expired or was superseded need not be there, nor one to a user who is erased. */
const REQUESTED = `
  with requested as (
    select distinct on ("userId", kind) *
      from json_to_recordset($1) as i ("eventId" uuid, kind text, "userId" uuid, "ticketId" uuid, "expiresAt" timestamptz,
                                       position bigint)
     order by "userId", kind, position desc
  ), erased as (
    select * from json_to_recordset($2) as i ("userId" uuid)
  )
  select r.position, case when o.event_id is null then format('mail %s is missing', r."eventId")
         else format('mail %s is not as it was asked for', r."eventId") end as problem
    from requested r left join mail.outbox o on o.event_id = r."eventId"
   where r."expiresAt" > now() and r."userId" not in (select "userId" from erased)
     and (o.kind, o.user_id, o.ticket_id, o.position) is distinct from (r.kind, r."userId", r."ticketId", r.position)`;

const REGISTERED = `
  select i.position, format('user %s cannot be written to', i."userId") as problem
    from json_to_recordset($1) as i ("userId" uuid, position bigint)
   where i."userId" not in (select "userId" from json_to_recordset($2) as e ("userId" uuid))
     and not exists (select from mail.recipients r where r.user_id = i."userId")`;

const requested = (newest: RecentEvents): readonly object[] => [
  ...recentOf(newest, 'EmailVerificationRequested').map((each) => ({ ...each, kind: 'verify-email' })),
  ...recentOf(newest, 'PasswordResetRequested').map((each) => ({ ...each, kind: 'password-reset' })),
];

/** Looks for what the newest events must have left in the queue of mails. */
export const recentMail = (newest: RecentEvents): readonly RecentQuestion[] => {
  const erased = recordset(recentOf(newest, 'UserErased').map(({ userId }) => ({ userId })));
  const registered = recentOf(newest, 'UserRegistered').map(({ userId, position }) => ({ userId, position }));
  return [
    { text: REGISTERED, values: [...recordset(registered), ...erased] },
    { text: REQUESTED, values: [...recordset(requested(newest)), ...erased] },
  ];
};
