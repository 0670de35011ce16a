export const LEASE_SECONDS = 5;

/** On which it is told how far projections have come. */
export const PROGRESS_CHANNEL = 'chatapp_projections';

const HELD = `now() + interval '${LEASE_SECONDS} seconds'`;

export const CREATE_CHECKPOINT = `
  insert into projections.checkpoints (name, version) values ($1, $2) on conflict (name) do nothing`;

export const TAKE_LEASE = `
  update projections.checkpoints set epoch = epoch + 1, holder = $2, lease_until = ${HELD}
   where name = $1 and (lease_until is null or lease_until < now() or holder = $2)
  returning position, epoch`;

/** Whoever holds it: their next write is refused by the epoch. */
export const SEIZE_LEASE = `
  update projections.checkpoints set epoch = epoch + 1, holder = $2, lease_until = ${HELD}
   where name = $1 returning position, epoch`;

export const RENEW_LEASE = `
  update projections.checkpoints set lease_until = ${HELD} where name = $1 and epoch = $2`;

export const RELEASE_LEASE = `
  update projections.checkpoints set holder = null, lease_until = null where name = $1 and epoch = $2`;

/** No row where the lease is lost. Others are told once the transaction is committed. */
export const MOVE_CHECKPOINT = {
  name: 'projections.move_checkpoint',
  text: `with moved as (
           update projections.checkpoints set position = $4, lease_until = ${HELD}
            where name = $1 and epoch = $2 and position = $3 returning name, position
         )
         select pg_notify('${PROGRESS_CHANNEL}', name || ' ' || position) from moved`,
};

export const PARKED_STREAMS = 'select distinct stream_id from projections.parked where projection = $1';

export const PARK = `
  insert into projections.parked (projection, position, stream_id, event_id, type, reason)
  values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;
