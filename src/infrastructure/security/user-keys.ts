import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { UserErasedError } from '../../application/ports/event-codec.js';
import type { UserKeys } from '../../application/ports/user-keys.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { KeyOwner, UserKeySource } from '../serialization/sealing.js';
import { DamagedKeyError, type MasterKeys } from './master-keys.js';
import { DamagedUserKey, USER_KEY_BYTES, UserKey, type KeyReference } from './user-key.js';

/** The most keys that were used of late and are kept in memory, and as many of the time before: some 20 MB. */
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

/** The wrapped key of a user. */
export const userKeyName = (userId: string): string => `person ${userId}`;

interface UserKeysOptions {
  readonly mostYoung?: number;
  /** Called once for each user whose key cannot be unwrapped. */
  readonly onDamaged?: (userId: UserId, error: Error) => void;
}

/** A key, or null for one that was destroyed. Under a reference stands also whose key it is. */
type Kept = UserKey | UserId | null;

/** Keeps the keys of users in PostgreSQL, and those used of late in memory. */
export class PostgresUserKeys implements UserKeys, UserKeySource {
  readonly #pool: pg.Pool;
  readonly #masterKeys: MasterKeys;
  readonly #mostYoung: number;
  readonly #onDamaged: NonNullable<UserKeysOptions['onDamaged']>;
  readonly #damaged = new Set<UserId>();
  /** Who was erased while this server ran. The keys in memory come and go, and one may not be destroyed yet where it is read again. */
  readonly #erased = new Set<UserId>();
  #young = new Map<KeyOwner, Kept>();
  #old: ReadonlyMap<KeyOwner, Kept> = new Map();

  constructor(pool: pg.Pool, masterKeys: MasterKeys, options: UserKeysOptions = {}) {
    this.#pool = pool;
    this.#masterKeys = masterKeys;
    this.#mostYoung = options.mostYoung ?? KEPT;
    this.#onDamaged = options.onDamaged ?? (() => undefined);
  }

  forget(userId: UserId): void {
    this.#erased.add(userId);
    this.#young.set(userId, null);
  }

  async idsOf(userId: UserId): Promise<readonly string[]> {
    const key = (await this.forReading([userId])).get(userId);
    return key ? [key.id] : [];
  }

  peek(owner: KeyOwner): UserKey | null | undefined {
    const kept = this.#kept(owner);
    return typeof kept === 'string' ? this.peek(kept) : kept;
  }

  #kept(owner: KeyOwner): Kept | undefined {
    const young = this.#young.get(owner);
    // Null is an answer too: then the older generation is not asked.
    return young === undefined ? this.#old.get(owner) : young;
  }

  async forReading(owners: readonly KeyOwner[]): Promise<ReadonlyMap<KeyOwner, UserKey | null>> {
    const { found, missing } = this.#atHand(owners);
    for (const [owner, key] of await this.#read(missing)) found.set(owner, key);
    return found;
  }

  async forWriting(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, UserKey>> {
    const { found, missing } = this.#atHand(userIds);
    for (const [userId, key] of await this.#readOrMake(missing)) found.set(userId, key);
    const keys = new Map<UserId, UserKey>();
    for (const [userId, key] of found) {
      if (key === null) throw new UserErasedError('this user has been erased');
      keys.set(userId, key);
    }
    return keys;
  }

  #atHand<Owner extends KeyOwner>(owners: readonly Owner[]) {
    const found = new Map<Owner, UserKey | null>();
    const missing: Owner[] = [];
    for (const owner of owners) {
      const key = this.peek(owner);
      if (key === undefined) missing.push(owner);
      else found.set(owner, key);
    }
    return { found, missing };
  }

  async #readOrMake(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, UserKey | null>> {
    const known = (await this.#read(userIds)) as ReadonlyMap<UserId, UserKey | null>;
    const without = userIds.filter((userId) => !known.has(userId));
    for (const userId of without) {
      const { wrapped, masterKey } = await this.#masterKeys.wrap(randomBytes(USER_KEY_BYTES), userKeyName(userId));
      await this.#pool.query({ ...ADD, values: [userId, wrapped, masterKey] });
    }
    // The key is read back, as another node may have made one before.
    return new Map([...known, ...((await this.#read(without)) as ReadonlyMap<UserId, UserKey | null>)]);
  }

  /** Answers keys by user and by reference alike. */
  async #read(owners: readonly KeyOwner[]): Promise<ReadonlyMap<KeyOwner, UserKey | null>> {
    const keys = new Map<KeyOwner, UserKey | null>();
    if (owners.length === 0) return keys;
    const asked = new Set(owners);
    const { rows } = await this.#pool.query<KeyRow>({ ...FIND, values: [owners] });
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

  async #open({ userId, reference, wrapped, masterKey }: KeyRow): Promise<UserKey | null> {
    if (!wrapped) return this.#keep(userId, null);
    try {
      const bytes = await this.#masterKeys.unwrap({ wrapped, masterKey }, userKeyName(userId));
      this.#damaged.delete(userId);
      return this.#keep(userId, new UserKey(bytes, reference));
    } catch (error) {
      if (!(error instanceof DamagedKeyError)) throw error;
      return this.#withoutKey(userId, reference, error);
    }
  }

  /** A damaged key is not kept: the next call finds a row that was restored meanwhile. */
  #withoutKey(userId: UserId, reference: KeyReference, error: DamagedKeyError): UserKey | null {
    if (this.#erased.has(userId)) return null; // A user who was erased meanwhile needs no key.
    if (!this.#damaged.has(userId)) this.#onDamaged(userId, error);
    this.#damaged.add(userId);
    return new DamagedUserKey(reference, error);
  }

  /** Keeps a key that was read. A user who was erased meanwhile stays erased. */
  #keep(userId: UserId, read: UserKey | null): UserKey | null {
    const key = this.#erased.has(userId) ? null : read;
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
