import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { PersonErasedError } from '../../application/ports/event-codec.js';
import type { PersonKeys } from '../../application/ports/person-keys.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { KeyHolder, PersonKeySource } from '../serialization/sealing.js';
import { DamagedKeyError, type MasterKeys } from './master-keys.js';
import { DamagedPersonKey, PERSON_KEY_BYTES, PersonKey, type KeyReference } from './person-key.js';

/** So many keys of late are kept at hand, and as many of the time before: some 20 MB. */
const KEPT = 20_000;

interface KeyRow {
  readonly userId: UserId;
  readonly reference: KeyReference;
  readonly wrapped: Buffer | null;
  readonly masterKey: string | null;
}

const FIND = {
  name: 'person_keys.find',
  text: `select user_id as "userId", reference, wrapped, master_key as "masterKey" from security.person_keys
          where user_id = any ($1) or reference = any ($1)`,
};
const ADD = {
  name: 'person_keys.add',
  text: `insert into security.person_keys (user_id, wrapped, master_key) values ($1, $2, $3) on conflict do nothing`,
};

/** What a person's key is wrapped as. */
export const personKeyName = (userId: string): string => `person ${userId}`;

interface PersonKeysOptions {
  readonly mostYoung?: number;
  /** Told once of each person whose row cannot be unwrapped. */
  readonly onDamaged?: (userId: UserId, error: Error) => void;
}

/** A key, null for one that was destroyed; under a reference, whose key it is. */
type Kept = PersonKey | UserId | null;

/** The keys of people in PostgreSQL, those of late at hand. */
export class PostgresPersonKeys implements PersonKeys, PersonKeySource {
  readonly #pool: pg.Pool;
  readonly #masterKeys: MasterKeys;
  readonly #mostYoung: number;
  readonly #onDamaged: NonNullable<PersonKeysOptions['onDamaged']>;
  readonly #damaged = new Set<UserId>();
  #young = new Map<KeyHolder, Kept>();
  #old: ReadonlyMap<KeyHolder, Kept> = new Map();

  constructor(pool: pg.Pool, masterKeys: MasterKeys, options: PersonKeysOptions = {}) {
    this.#pool = pool;
    this.#masterKeys = masterKeys;
    this.#mostYoung = options.mostYoung ?? KEPT;
    this.#onDamaged = options.onDamaged ?? (() => undefined);
  }

  forget(userId: UserId): void {
    this.#young.set(userId, null);
  }

  peek(holder: KeyHolder): PersonKey | null | undefined {
    const kept = this.#kept(holder);
    return typeof kept === 'string' ? this.peek(kept) : kept;
  }

  #kept(holder: KeyHolder): Kept | undefined {
    const young = this.#young.get(holder);
    // Null is an answer: what is older is not asked.
    return young === undefined ? this.#old.get(holder) : young;
  }

  async forReading(holders: readonly KeyHolder[]): Promise<ReadonlyMap<KeyHolder, PersonKey | null>> {
    const { found, missing } = this.#atHand(holders);
    for (const [holder, key] of await this.#read(missing)) found.set(holder, key);
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

  #atHand<Holder extends KeyHolder>(holders: readonly Holder[]) {
    const found = new Map<Holder, PersonKey | null>();
    const missing: Holder[] = [];
    for (const holder of holders) {
      const key = this.peek(holder);
      if (key === undefined) missing.push(holder);
      else found.set(holder, key);
    }
    return { found, missing };
  }

  async #readOrMake(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, PersonKey | null>> {
    const known = (await this.#read(userIds)) as ReadonlyMap<UserId, PersonKey | null>;
    const without = userIds.filter((userId) => !known.has(userId));
    for (const userId of without) {
      const { wrapped, masterKey } = await this.#masterKeys.wrap(randomBytes(PERSON_KEY_BYTES), personKeyName(userId));
      await this.#pool.query({ ...ADD, values: [userId, wrapped, masterKey] });
    }
    // Read back: another node may have been faster.
    return new Map([...known, ...((await this.#read(without)) as ReadonlyMap<UserId, PersonKey | null>)]);
  }

  /** Answers by person and by reference alike. */
  async #read(holders: readonly KeyHolder[]): Promise<ReadonlyMap<KeyHolder, PersonKey | null>> {
    const keys = new Map<KeyHolder, PersonKey | null>();
    if (holders.length === 0) return keys;
    const asked = new Set(holders);
    const { rows } = await this.#pool.query<KeyRow>({ ...FIND, values: [holders] });
    for (const row of rows) {
      const { userId, reference } = row;
      const key = await this.#open(row);
      keys.set(userId, key);
      if (!asked.has(reference)) continue;
      this.#young.set(reference, userId);
      keys.set(reference, key);
    }
    return keys;
  }

  async #open({ userId, reference, wrapped, masterKey }: KeyRow): Promise<PersonKey | null> {
    if (!wrapped) return this.#keep(userId, null);
    try {
      const bytes = await this.#masterKeys.unwrap({ wrapped, masterKey }, personKeyName(userId));
      this.#damaged.delete(userId);
      return this.#keep(userId, new PersonKey(bytes, reference));
    } catch (error) {
      if (!(error instanceof DamagedKeyError)) throw error;
      return this.#withoutKey(userId, reference, error);
    }
  }

  /** It is not kept: the next one who asks finds a row that was put right. */
  #withoutKey(userId: UserId, reference: KeyReference, error: DamagedKeyError): PersonKey | null {
    if (this.#young.get(userId) === null) return null; // who was erased meanwhile needs none
    if (!this.#damaged.has(userId)) this.#onDamaged(userId, error);
    this.#damaged.add(userId);
    return new DamagedPersonKey(reference, error);
  }

  /** Who was erased while the key was being read stays erased. */
  #keep(userId: UserId, key: PersonKey | null): PersonKey | null {
    const known = this.#young.get(userId);
    if (known !== undefined && typeof known !== 'string') return known;
    if (this.#young.size >= this.#mostYoung) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(userId, key);
    return key;
  }
}
