import type pg from 'pg';
import type { WitnessState, WitnessStates } from '../../application/ports/witnesses.js';
import { inTransaction } from '../postgres/transaction.js';

const STATES = `
  select name, size::float8 as size, cosigned_at as "cosignedAt", refused_because as "refusedBecause", away_since as "awaySince"
    from audit.witnesses`;
const LIST = `${STATES} order by name`;
const FIND = `${STATES} where name = $1`;
const COSIGNED = `
  insert into audit.witnesses as w (name, size, cosigned_at) values ($1, $2, now())
  on conflict (name) do update
    set size = greatest(w.size, excluded.size), cosigned_at = now(), refused_because = null, refused_at = null, away_since = null`;
/** A cosignature is added behind those that are there; an older one of the same witness stays, as it is no less true. */
const ADD_LINE = 'update audit.checkpoints set note = note || $2 where size = $1 and position($2 in note) = 0';
const KNOWS = `
  insert into audit.witnesses (name, size) values ($1, $2)
  on conflict (name) do update set size = excluded.size, away_since = null`;
const REFUSED = `
  insert into audit.witnesses as w (name, refused_because, refused_at) values ($1, $2, now())
  on conflict (name) do update
    set refused_because = excluded.refused_because, refused_at = coalesce(w.refused_at, now()), away_since = null`;
const AWAY = `
  insert into audit.witnesses as w (name, away_since) values ($1, now())
  on conflict (name) do update set away_since = coalesce(w.away_since, now())`;

/** What is kept of witnesses in PostgreSQL. */
export const createWitnessStates = (pool: pg.Pool): WitnessStates => ({
  list: async () => (await pool.query<WitnessState>(LIST)).rows,
  find: async (name) => (await pool.query<WitnessState>(FIND, [name])).rows[0],
  cosigned: async (name, size, line) => {
    const client = await pool.connect();
    try {
      await inTransaction(client, async () => {
        await client.query(ADD_LINE, [size, line]);
        await client.query(COSIGNED, [name, size]);
      });
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  },
  knows: async (name, size) => {
    await pool.query(KNOWS, [name, size]);
  },
  refused: async (name, reason) => {
    await pool.query(REFUSED, [name, reason]);
  },
  away: async (name) => {
    await pool.query(AWAY, [name]);
  },
});
