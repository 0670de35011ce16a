/** Whoever signs holds this lock. */
const SIGNING_LOCK = 7226434;

export const LOCK = `select pg_advisory_xact_lock(${SIGNING_LOCK})`;

export const ADD_ORIGIN = 'insert into audit.log (origin) values ($1)';
export const ORIGIN = 'select origin from audit.log';

export const KEYS = `
  select number, public_key as "publicKey", from_size::float8 as "fromSize", until_size::float8 as "untilSize", made_at as "madeAt"
    from audit.signing_keys order by number`;
export const SEED = 'select wrapped, master_key as "masterKey" from security.key_ring where name = $1';
export const ADD_SEED = 'insert into security.key_ring (name, wrapped, master_key) values ($1, $2, $3)';
export const END_KEY = 'update audit.signing_keys set until_size = $1 where until_size is null';
export const ADD_KEY = 'insert into audit.signing_keys (number, public_key, from_size) values ($1, $2, $3)';

const CHECKPOINT = 'select size::float8 as size, root, note, signed_at as "signedAt" from audit.checkpoints';
export const LAST = { name: 'audit.last_checkpoint', text: `${CHECKPOINT} order by size desc limit 1` };
export const AT = `${CHECKPOINT} where size = $1`;
export const BEFORE = `${CHECKPOINT} where size between 1 and $1 order by size desc limit 1`;
export const AFTER = `${CHECKPOINT} where size > $1 and size <= $2 order by size limit 500`;
export const KEEP = `
  insert into audit.checkpoints (size, root, note) values ($1, $2, $3)
  on conflict (size) do update set note = excluded.note, signed_at = now()`;
