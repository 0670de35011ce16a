import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { infoOf, NONCE_BYTES, type SealedPlace } from '../../domain/audit/sealed-piece.js';
import { eventKeyOf, openPiece, sealPiece } from './event-keys.js';
import { hmacSha256 } from './hmac-sha256.js';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HALF_BYTES = 32;
/** The salt of HKDF-Extract (RFC 5869), by which a user's key becomes that from which the keys of events are derived. */
const EVENTS_SALT = 'chatapp user key 2';
const NONCE_LABEL = 'chatapp nonce 2';
const ID_LABEL = 'chatapp user key id 1';
const ID_BYTES = 16;

/** A random name for a user's key where the user is not to be named. It is gone with the key. */
export type KeyReference = string & { readonly __brand: 'KeyReference' };

/** The number of random bytes of which a user's key is made. */
export const USER_KEY_BYTES = 2 * HALF_BYTES;

/**
 * The key of one user. It seals each event of the user with a key of its own, which is derived from this one and can be
 * disclosed. What is no event it seals by itself, as it did with events before; those still open.
 *
 * Sealing the same content in the same place gives the same bytes, so that a repeated append is recognised: the nonce is a
 * keyed hash of both (a synthetic IV), and so never the same for two contents.
 */
export class UserKey {
  readonly #encryption: KeyObject;
  readonly #nonces: KeyObject;
  readonly #events: Buffer;
  readonly #eventNonces: Buffer;

  constructor(
    bytes: Buffer,
    readonly reference: KeyReference,
  ) {
    this.#encryption = createSecretKey(bytes.subarray(0, HALF_BYTES));
    this.#nonces = createSecretKey(bytes.subarray(HALF_BYTES, USER_KEY_BYTES));
    this.#events = hmacSha256(Buffer.from(EVENTS_SALT), '', bytes);
    this.#eventNonces = Buffer.from(bytes.subarray(HALF_BYTES, USER_KEY_BYTES));
  }

  /** Answers the key of one event of the user. It opens that event and says nothing about any other. */
  eventKey(place: SealedPlace): Buffer {
    return eventKeyOf(this.#events, place);
  }

  /** What names the key where it is said to be destroyed, in hex. It is derived like the keys of events, and says nothing of any key. */
  get id(): string {
    return hmacSha256(this.#events, `${ID_LABEL}\u0001`).toString('hex', 0, ID_BYTES);
  }

  /** Seals the personal content of an event, so that it opens with that event's key and in its place alone. */
  sealEvent(content: string, place: SealedPlace): string {
    const mac = hmacSha256(this.#eventNonces, `${infoOf(NONCE_LABEL, place)}\0${content}`);
    return sealPiece(this.eventKey(place), mac.subarray(0, NONCE_BYTES), content, place);
  }

  /** Opens what `sealEvent` has sealed. Raises when it was changed, or sealed by another key or in another place. */
  openEvent(piece: string, place: SealedPlace): string {
    return openPiece(this.eventKey(place), piece, place);
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

  override eventKey(): never {
    throw this.#error;
  }

  override get id(): never {
    throw this.#error;
  }

  override seal(): never {
    throw this.#error;
  }

  override open(): never {
    throw this.#error;
  }
}
