/** Says of a row of `pg_locks` whether it is the lock of a session on this key, an expression of 32 or 64 bits, that is held. */
export const isLockOn = (key: string): string => `
  locktype = 'advisory' and granted and objsubid = 1
     and database = (select oid from pg_database where datname = current_database())
     and ((classid::bigint << 32) | objid::bigint) = ${key}::bigint`;
