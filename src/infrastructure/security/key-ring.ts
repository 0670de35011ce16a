import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { MasterKeys, WrappedKey } from './master-keys.js';

/** The purposes of the keys. */
const NAMES = ['claims', 'passwords', 'tickets', 'requests'] as const;
type KeyName = (typeof NAMES)[number];

/** The server's own keys, 32 bytes each. */
export type KeyRing = Readonly<Record<KeyName, Buffer>>;

const KEY_BYTES = 32;

const ADD = 'insert into security.key_ring (name, wrapped, master_key) values ($1, $2, $3) on conflict do nothing';
/** The ring holds the keys of the audit log, too: these are opened where something is signed. */
const OWN = 'select name, wrapped, master_key as "masterKey" from security.key_ring where name = any ($1)';

const open = async (masterKeys: MasterKeys, row: WrappedKey & { readonly name: string }): Promise<Buffer> => {
  try {
    return await masterKeys.unwrap(row, row.name);
  } catch (cause) {
    throw new Error('MASTER_KEY is not the one this database was made with', { cause });
  }
};

type KeptKey = WrappedKey & { readonly name: string };

const kept = async (pool: pg.Pool): Promise<KeptKey[]> => (await pool.query<KeptKey>(OWN, [NAMES])).rows;

/** Makes the keys that are missing. Where none is, nothing is written: the tool also looks at a database that can only be read. */
const makeMissing = async (pool: pg.Pool, masterKeys: MasterKeys): Promise<KeptKey[]> => {
  const there = await kept(pool);
  const missing = NAMES.filter((name) => there.every((each) => each.name !== name));
  for (const name of missing) {
    const { wrapped, masterKey } = await masterKeys.wrap(randomBytes(KEY_BYTES), name);
    await pool.query(ADD, [name, wrapped, masterKey]);
  }
  return missing.length === 0 ? there : kept(pool);
};

/** Opens the keys, and makes those that are missing; several nodes may do it at once. A wrong master key is refused. */
export const openKeyRing = async (pool: pg.Pool, masterKeys: MasterKeys): Promise<KeyRing> => {
  const rows = await makeMissing(pool, masterKeys);
  const opened: (readonly [string, Buffer])[] = [];
  for (const row of rows) opened.push([row.name, await open(masterKeys, row)]);
  return Object.fromEntries(opened) as KeyRing;
};
