import { LOG_START } from '../../../domain/kernel/position.js';
import { LEASE_LOST, refuse } from '../../postgres/refusals.js';

export const LEASE_SECONDS = 5;

/** Nodes announce on this channel how far their projections have come. */
export const PROGRESS_CHANNEL = 'chatapp_projections';

const HELD = `now() + interval '${LEASE_SECONDS} seconds'`;

export const CREATE_CHECKPOINT = `
  insert into projections.checkpoints (name, version) values ($1, $2) on conflict (name) do nothing`;

/** The name holds the start of the session too, because the process id of one that has ended is given to others. */
const NAME_OF_SESSION = `pid || ' ' || extract(epoch from backend_start)`;

/** The name of this connection's session. Null where this role may not know it: the lease then ends by its time alone. */
export const OWN_SESSION = `select ${NAME_OF_SESSION} as session from pg_stat_activity where pid = pg_backend_pid()`;

/** The start of another role's session is hidden from us: then it counts as the holder's. */
const HOLDER_IS_GONE = `
  session is not null and not exists (
    select from pg_stat_activity
     where pid = split_part(session, ' ', 1)::integer and coalesce(${NAME_OF_SESSION} = session, true))`;

const TAKE = `
  update projections.checkpoints
     set epoch = nextval('projections.epochs'), held_by = $3, session = $4, lease_until = ${HELD}
   where name = $1 and version = $2`;

/**
 * Takes the lease where it is free, has expired, or its holder's session has ended: as at once after a kill, on whatever
 * machine. A holder that lives, and lost its connection alone, finds its epoch refused.
 */
export const TAKE_LEASE = `
  ${TAKE} and (lease_until is null or lease_until < now() or held_by = $3 or (${HOLDER_IS_GONE}))
  returning position, epoch`;

/** Takes the lease, whichever node holds it: its next write is refused by the epoch. */
export const SEIZE_LEASE = `${TAKE} returning position, epoch`;

/**
 * It returns no row either where a crash of PostgreSQL has taken the last checkpoints back: they do not wait for the
 * disk.
 */
export const RENEW_LEASE = `
  update projections.checkpoints set lease_until = ${HELD}, session = $4
   where name = $1 and version = $2 and epoch = $3 and position = $5`;

export const RELEASE_LEASE = `
  update projections.checkpoints set held_by = null, session = null, lease_until = null where name = $1 and epoch = $2`;

/** Refuses where the lease is lost. Other nodes are told once the transaction is committed. */
export const MOVE_CHECKPOINT = {
  name: 'projections.move_checkpoint',
  text: `with moved as (
           update projections.checkpoints set position = $6, lease_until = ${HELD}, session = $4
            where name = $1 and version = $2 and epoch = $3 and position = $5 returning name, position
         )
         select case when exists (select from moved)
                     then (select log.tell_others('${PROGRESS_CHANNEL}', name || ' ' || position)::text from moved)
                     else ${refuse(LEASE_LOST, `'another node has taken over version ' || $2 || ' of projection ' || $1`)} end`,
};

/**
 * Tells every node, this one too, that the projection has left out an event, or was made anew: what was concluded from its
 * rows may not hold any more. A node of an older version takes it for a position that it knows.
 */
export const TELL_REVISED = `select pg_notify('${PROGRESS_CHANNEL}', $1 || ' ${LOG_START} revised')`;

export const IS_STOPPED = 'select from projections.stopped where projection = $1';

/** It returns no row where the lease is lost: what another node writes is not wrong. */
export const STOP = `
  insert into projections.stopped (projection, position, reason)
  select name, $4, $5 from projections.checkpoints where name = $1 and version = $2 and epoch = $3 for update
  on conflict (projection) do update set position = excluded.position, reason = excluded.reason, stopped_at = now()`;

export const RESUME = 'delete from projections.stopped where projection = $1';

export const PARKED_STREAMS = 'select distinct stream_id from projections.parked where projection = $1';

export const UNPARK = 'delete from projections.parked where projection = $1 and position = $2';

export const SAY_WHY_PARKED = 'update projections.parked set reason = $3 where projection = $1 and position = $2';

export const PARK = `
  with parked as (
    insert into projections.parked (projection, position, stream_id, event_id, type, reason)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing
  )
  ${TELL_REVISED}`;
