import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type pg from 'pg';

/** What the keys are for. */
const NAMES = ['claims', 'passwords', 'tickets', 'requests'] as const;
type KeyName = (typeof NAMES)[number];

/** Keys of the server's own, 32 bytes each. */
export type KeyRing = Readonly<Record<KeyName, Buffer>>;

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

const wrappingKey = (masterKey: string): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, 'chatapp', 'key ring', KEY_BYTES));

const wrap = (key: Buffer, name: string, masterKey: string): Buffer => {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, wrappingKey(masterKey), iv).setAAD(Buffer.from(name));
  return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
};

const unwrap = (wrapped: Buffer, name: string, masterKey: string): Buffer => {
  const iv = wrapped.subarray(0, IV_BYTES);
  const tag = wrapped.subarray(wrapped.length - TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, wrappingKey(masterKey), iv).setAAD(Buffer.from(name)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES, wrapped.length - TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new Error('MASTER_KEY is not the one this database was made with', { cause: error });
  }
};

const ADD = 'insert into security.key_ring (name, wrapped) values ($1, $2) on conflict do nothing';
const ALL = 'select name, wrapped from security.key_ring';

/** Opens the keys, making those that are missing; several nodes may do it at once. Refused with a wrong master key. */
export const openKeyRing = async (pool: pg.Pool, masterKey: string): Promise<KeyRing> => {
  for (const name of NAMES) await pool.query(ADD, [name, wrap(randomBytes(KEY_BYTES), name, masterKey)]);
  const { rows } = await pool.query<{ name: string; wrapped: Buffer }>(ALL);
  return Object.fromEntries(rows.map(({ name, wrapped }) => [name, unwrap(wrapped, name, masterKey)])) as KeyRing;
};
