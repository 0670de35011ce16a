import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { LogKey } from '../../application/ports/checkpoints.js';
import { ED25519, keyIdOf, type NoteSignature } from '../../domain/audit/signed-note.js';
import { utf8 } from '../../domain/audit/bytes.js';
import type { MasterKeys, WrappedKey } from '../security/master-keys.js';
import * as sql from './checkpoints.sql.js';
import { SEED_BYTES, signerOf, type Ed25519Signer } from './ed25519.js';
import { sha256 } from './sha256.js';

type Queried = Pick<pg.ClientBase, 'query'> | pg.Pool;

/** The names of these keys in the key ring begin so. */
const LOG_KEY_PREFIX = 'audit-log-';

const nameOf = (number: number): string => `${LOG_KEY_PREFIX}${number}`;

type KeyRow = Omit<LogKey, 'key'> & { readonly publicKey: Buffer };

/** Says whether a key signs heads of this size. Behind a change the one before it signs that very head, too. */
const signs = ({ fromSize, untilSize }: LogKey, size: number): boolean =>
  size >= fromSize && (untilSize === null || size <= untilSize);

/** The keys that the log signs with. Their seeds stay wrapped in the database. */
export class LogKeys {
  readonly #origin: string;
  readonly #masterKeys: MasterKeys;
  readonly #signers = new Map<number, Ed25519Signer>();

  constructor(origin: string, masterKeys: MasterKeys) {
    this.#origin = origin;
    this.#masterKeys = masterKeys;
  }

  async list(client: Queried): Promise<readonly LogKey[]> {
    const { rows } = await (client as pg.Pool).query<KeyRow>(sql.KEYS);
    return rows.map(({ publicKey, ...row }) => ({ ...row, key: { name: this.#origin, kind: ED25519, publicKey } }));
  }

  async sign(client: Queried, text: string, size: number): Promise<NoteSignature[]> {
    const signatures: NoteSignature[] = [];
    for (const each of await this.list(client)) {
      if (!signs(each, size)) continue;
      const { sign } = await this.#signerOf(client, each.number);
      signatures.push({ name: this.#origin, keyId: keyIdOf(sha256, each.key), signature: sign(utf8(text)) });
    }
    return signatures;
  }

  /** Makes a key that signs from this size on, and ends the one before it. */
  async make(client: Queried, size: number): Promise<void> {
    const number = ((await this.list(client)).at(-1)?.number ?? 0) + 1;
    const seed = randomBytes(SEED_BYTES);
    const { wrapped, masterKey } = await this.#masterKeys.wrap(seed, nameOf(number));
    await client.query(sql.END_KEY, [size]);
    await client.query(sql.ADD_SEED, [nameOf(number), wrapped, masterKey]);
    await client.query(sql.ADD_KEY, [number, signerOf(seed).publicKey, size]);
  }

  async #signerOf(client: Queried, number: number): Promise<Ed25519Signer> {
    const known = this.#signers.get(number);
    if (known) return known;
    const { rows } = await (client as pg.Pool).query<WrappedKey>(sql.SEED, [nameOf(number)]);
    if (!rows[0]) throw new Error(`security.key_ring lacks ${nameOf(number)}: restore its row`);
    const signer = signerOf(await this.#masterKeys.unwrap(rows[0], nameOf(number)));
    this.#signers.set(number, signer);
    return signer;
  }
}
