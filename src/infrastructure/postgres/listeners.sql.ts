/** Registers this session, and removes those of sessions that have ended. */
export const REGISTER_LISTENER = `
  with ended as (
    delete from log.listeners l where not exists (select from pg_stat_activity a where a.pid = l.pid)
  )
  insert into log.listeners (channel, pid, owner) values ($1, pg_backend_pid(), $2)
  on conflict (channel, pid) do update set owner = excluded.owner`;

export const FORGET_LISTENER = 'delete from log.listeners where pid = pg_backend_pid()';

/** Waits for the append that may have looked for listeners before this one was there: it is read from the table. */
export const AWAIT_APPEND = 'select pg_advisory_lock_shared(7226427), pg_advisory_unlock_shared(7226427)';
