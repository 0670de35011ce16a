import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { PersonErasedError } from '../../application/ports/event-codec.js';
import type { PersonKeys } from '../../application/ports/person-keys.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { PersonKeySource } from '../serialization/sealing.js';
import type { MasterKeys } from './master-keys.js';
import { PERSON_KEY_BYTES, PersonKey } from './person-key.js';

/** So many keys of late are kept at hand, and as many of the time before: some 20 MB. */
const KEPT = 20_000;

interface KeyRow {
  readonly userId: UserId;
  readonly wrapped: Buffer | null;
  readonly masterKey: string | null;
}

const FIND = {
  name: 'person_keys.find',
  text: `select user_id as "userId", wrapped, master_key as "masterKey" from security.person_keys where user_id = any ($1)`,
};
const ADD = {
  name: 'person_keys.add',
  text: `insert into security.person_keys (user_id, wrapped, master_key) values ($1, $2, $3) on conflict do nothing`,
};

/** What a person's key is wrapped as. */
export const personKeyName = (userId: string): string => `person ${userId}`;

/** The keys of people in PostgreSQL, those of late at hand. Null stands for one that was destroyed. */
export class PostgresPersonKeys implements PersonKeys, PersonKeySource {
  readonly #pool: pg.Pool;
  readonly #masterKeys: MasterKeys;
  #young = new Map<UserId, PersonKey | null>();
  #old: ReadonlyMap<UserId, PersonKey | null> = new Map();

  constructor(pool: pg.Pool, masterKeys: MasterKeys) {
    this.#pool = pool;
    this.#masterKeys = masterKeys;
  }

  forget(userId: UserId): void {
    this.#young.set(userId, null);
  }

  peek(userId: UserId): PersonKey | null | undefined {
    const young = this.#young.get(userId);
    // Null is an answer: what is older is not asked.
    return young === undefined ? this.#old.get(userId) : young;
  }

  async forReading(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PersonKey | null>> {
    const { found, missing } = this.#atHand(userIds);
    for (const [userId, key] of await this.#read(missing)) found.set(userId, key);
    return found;
  }

  async forWriting(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PersonKey>> {
    const { found, missing } = this.#atHand(userIds);
    for (const [userId, key] of await this.#readOrMake(missing)) found.set(userId, key);
    const keys = new Map<UserId, PersonKey>();
    for (const [userId, key] of found) {
      if (key === null) throw new PersonErasedError('this person has been erased');
      keys.set(userId, key);
    }
    return keys;
  }

  #atHand(userIds: readonly UserId[]) {
    const found = new Map<UserId, PersonKey | null>();
    const missing: UserId[] = [];
    for (const userId of userIds) {
      const key = this.peek(userId);
      if (key === undefined) missing.push(userId);
      else found.set(userId, key);
    }
    return { found, missing };
  }

  async #readOrMake(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PersonKey | null>> {
    const known = await this.#read(userIds);
    const without = userIds.filter((userId) => !known.has(userId));
    if (without.length === 0) return known;
    for (const userId of without) {
      const { wrapped, masterKey } = await this.#masterKeys.wrap(randomBytes(PERSON_KEY_BYTES), personKeyName(userId));
      await this.#pool.query({ ...ADD, values: [userId, wrapped, masterKey] });
    }
    // Read back: another node may have been faster.
    return new Map([...known, ...(await this.#read(without))]);
  }

  async #read(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PersonKey | null>> {
    const keys = new Map<UserId, PersonKey | null>();
    if (userIds.length === 0) return keys;
    const { rows } = await this.#pool.query<KeyRow>({ ...FIND, values: [userIds] });
    for (const { userId, wrapped, masterKey } of rows) {
      const bytes = wrapped && (await this.#masterKeys.unwrap({ wrapped, masterKey }, personKeyName(userId)));
      keys.set(userId, this.#keep(userId, bytes && new PersonKey(bytes)));
    }
    return keys;
  }

  /** Who was erased while the key was being read stays erased. */
  #keep(userId: UserId, key: PersonKey | null): PersonKey | null {
    const known = this.#young.get(userId);
    if (known !== undefined) return known;
    if (this.#young.size >= KEPT) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(userId, key);
    return key;
  }
}
