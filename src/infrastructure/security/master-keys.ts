import { KeyUnavailableError } from '../../application/ports/event-codec.js';
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const ID_CHARACTERS = 12;

/** A key as it is stored: encrypted, with the name of the master key that opens it. */
export interface WrappedKey {
  readonly wrapped: Buffer;
  /** It is null for a key that was wrapped before master keys had names. */
  readonly masterKey: string | null;
}

interface MasterKey {
  readonly id: string;
  readonly wrappingKey: Buffer;
}

/** Answers the master keys: the present one first, then others that are opened too. It is asked again when one is missing. */
export type MasterKeySource = () => Promise<readonly string[]>;

/** Answers the name of a master key. It identifies the key, and reveals nothing of it. */
export const masterKeyId = (masterKey: string): string =>
  createHash('sha256').update('chatapp master key').update(masterKey).digest('base64url').slice(0, ID_CHARACTERS);

const derive = (masterKey: string): MasterKey => ({
  id: masterKeyId(masterKey),
  wrappingKey: Buffer.from(hkdfSync('sha256', masterKey, 'chatapp', 'key ring', KEY_BYTES)),
});

const unwrapWith = ({ wrappingKey }: MasterKey, wrapped: Buffer, name: string): Buffer | undefined => {
  const iv = wrapped.subarray(0, IV_BYTES);
  const tag = wrapped.subarray(wrapped.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, wrappingKey, iv).setAAD(Buffer.from(name)).setAuthTag(tag);
    return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES, wrapped.length - TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined; // The key belongs to another master key, or is damaged: the caller tries the next one, or says so.
  }
};

/** A stored key opens with none of the master keys that may wrap it. */
export class DamagedKeyError extends Error {
  override readonly name = 'DamagedKeyError';
}

/** Wraps keys with the present master key (AES-256-GCM), and opens those of the others too, while it is changed. */
export class MasterKeys {
  readonly #source: MasterKeySource;
  #keys: readonly MasterKey[];

  private constructor(source: MasterKeySource, keys: readonly MasterKey[]) {
    this.#source = source;
    this.#keys = keys;
  }

  static async open(source: MasterKeySource): Promise<MasterKeys> {
    return new MasterKeys(source, (await source()).map(derive));
  }

  /** Answers the name of the present master key. */
  async current(): Promise<string> {
    return (await this.#present()).id;
  }

  async #present(): Promise<MasterKey> {
    this.#keys = (await this.#source()).map(derive);
    const [first] = this.#keys;
    if (!first) throw new Error('there is no master key');
    return first;
  }

  /** Wraps a key. `name` says what the key is for: it does not open under another name. */
  async wrap(key: Buffer, name: string): Promise<WrappedKey> {
    const { id, wrappingKey } = await this.#present();
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, wrappingKey, iv).setAAD(Buffer.from(name));
    return { wrapped: Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]), masterKey: id };
  }

  /** Says whether the master key of this name is among them. */
  async knows(masterKey: string): Promise<boolean> {
    const isThere = () => this.#keys.some(({ id }) => id === masterKey);
    if (!isThere()) await this.#present();
    return isThere();
  }

  /** Raises `KeyUnavailableError` where the master key is not known, and `DamagedKeyError` where it does not open the key. */
  async unwrap({ wrapped, masterKey }: WrappedKey, name: string): Promise<Buffer> {
    if (masterKey !== null && !(await this.knows(masterKey)))
      throw new KeyUnavailableError(`a key is wrapped by master key ${masterKey}, which this server does not know`);
    for (const key of this.#keys) {
      if (masterKey !== null && key.id !== masterKey) continue;
      const opened = unwrapWith(key, wrapped, name);
      if (opened) return opened;
    }
    throw new DamagedKeyError(`the key ${name} does not open with the master key that it is said to be wrapped by`);
  }
}
