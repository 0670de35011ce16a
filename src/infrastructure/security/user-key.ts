import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HALF_BYTES = 32;

/** A random name for a user's key where the user is not to be named. It is gone with the key. */
export type KeyReference = string & { readonly __brand: 'KeyReference' };

/** The number of random bytes of which a user's key is made. */
export const USER_KEY_BYTES = 2 * HALF_BYTES;

/**
 * The key of one user. Sealing the same content in the same context gives the same bytes, so that a repeated append is
 * recognised: the nonce is a keyed hash of both (a synthetic IV), and so never the same for two contents.
 */
export class UserKey {
  readonly #encryption: KeyObject;
  readonly #nonces: KeyObject;

  constructor(
    bytes: Buffer,
    readonly reference: KeyReference,
  ) {
    this.#encryption = createSecretKey(bytes.subarray(0, HALF_BYTES));
    this.#nonces = createSecretKey(bytes.subarray(HALF_BYTES, USER_KEY_BYTES));
  }

  /** Seals a text, as base64url. `context` says what it is and where it stands: it does not open in another context. */
  seal(content: string, context: string): string {
    const mac = createHmac('sha256', this.#nonces).update(`${context}\0${content}`).digest();
    const iv = mac.subarray(0, IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#encryption, iv).setAAD(Buffer.from(context));
    return Buffer.concat([iv, cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    );
  }

  /** Opens a sealed text. Raises when it was changed, or sealed by another key or in another context. */
  open(sealed: string, context: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const end = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, this.#encryption, bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(end));
    const content = decipher.update(bytes.subarray(IV_BYTES, end));
    decipher.final(); // The last call adds nothing, and raises where the text was changed.
    return content.toString();
  }
}

/** Stands for a key that cannot be had: every use of it fails, and the keys of others are not affected. */
export class DamagedUserKey extends UserKey {
  readonly #error: Error;

  constructor(reference: KeyReference, error: Error) {
    super(randomBytes(USER_KEY_BYTES), reference); // Nothing is ever sealed with it.
    this.#error = error;
  }

  override seal(): never {
    throw this.#error;
  }

  override open(): never {
    throw this.#error;
  }
}
