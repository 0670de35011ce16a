import type pg from 'pg';
import { eventually } from './eventually.js';

const HELD = 7_700_001;
/** A rebuild comes to the end of its first batch, and goes on once nobody holds this lock. */
const GATE = `
  create function public.gate() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(${HELD});
      return new;
    end $$;
  create trigger gate before update on projections.checkpoints for each row
    when (new.name = 'messages_rebuild' and old.position > 0 and new.position > old.position)
    execute function public.gate()`;
/** The server has databases of other tests, whose rebuilds may stand at a gate of theirs. */
const WAITING = `
  select from pg_locks
   where locktype = 'advisory' and objid = ${HELD} and not granted
     and database = (select oid from pg_database where datname = current_database())`;

/** Makes rebuilds of `messages` stop in their middle while somebody holds the gate. */
export const installGate = (pool: pg.Pool) => pool.query(GATE);

/** Closes the gate until it is opened by this connection, or that ends. */
export const closeGate = (gate: pg.Client) => gate.query('select pg_advisory_lock($1)', [HELD]);

export const openGate = (gate: pg.Client) => gate.query('select pg_advisory_unlock_all()');

/** Waits until a rebuild stands at the gate. */
export const untilHeld = (pool: pg.Pool) =>
  eventually(
    () => pool.query(WAITING),
    ({ rowCount }) => rowCount === 1,
  );
