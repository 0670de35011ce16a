import { hexDigitOf, utf8 } from './bytes.js';
import { LEAF_PREFIX, type Sha256Of, type TreeHash } from './merkle-tree.js';

/** An event as it is stored, as far as the tree binds it. */
export interface LeafEvent {
  /** A decimal number. */
  readonly position: string;
  readonly streamId: string;
  readonly revision: number;
  /** A UUID. */
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** The stored bytes. */
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** What each leaf begins with, so that no leaf is ever taken for one of another version. */
export const MAGIC = utf8('chatapp-event/v1\n');

/** Where each part begins. */
const POSITION_AT = MAGIC.length;
const REVISION_AT = POSITION_AT + 8;
const VERSION_AT = REVISION_AT + 8;
const EVENT_ID_AT = VERSION_AT + 4;
const DATA_AT = EVENT_ID_AT + 16;
const METADATA_AT = DATA_AT + 32;
const STREAM_AT = METADATA_AT + 32;
const LENGTH_BYTES = 2;
const FIXED_BYTES = STREAM_AT + 2 * LENGTH_BYTES;

const LARGEST_POSITION = 2n ** 64n - 1n;
const LARGEST_VERSION = 2 ** 32 - 1;
const LONGEST_TEXT = 2 ** 16 - 1;
const UUID_DIGITS = 32;
const HYPHEN = 45;
/** A decimal number of so many digits is exact as a number of JavaScript. */
const EXACT_DIGITS = 15;
const FIRST_BEYOND_ASCII = 0x80;
/** A character of UTF-16 has at most three bytes in UTF-8. */
const BYTES_PER_CHARACTER = 3;

/**
 * Leaves are written into one buffer, behind the byte that is hashed before them. Buffers for each leaf and each of its parts took
 * longer than the hashing.
 */
const SHARED = new Uint8Array(4_096);

const noPlace = (what: string): never => {
  throw new RangeError(`${what} has no place in a leaf`);
};

const isCount = (value: number, largest: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && value <= largest;

/** Writes a whole number, big-endian. */
const putNumber = (bytes: Uint8Array, at: number, count: number, value: number): void => {
  let left = value;
  for (let place = at + count - 1; place >= at; place -= 1) {
    bytes[place] = left % 256;
    left = Math.floor(left / 256);
  }
};

const putPosition = (bytes: Uint8Array, at: number, text: string): void => {
  if (!/^\d{1,20}$/.test(text)) noPlace(`position ${text}`);
  if (text.length <= EXACT_DIGITS) return putNumber(bytes, at, 8, Number(text));
  const position = BigInt(text);
  if (position > LARGEST_POSITION) noPlace(`position ${text}`);
  new DataView(bytes.buffer).setBigUint64(at, position);
};

/** Writes a text in UTF-8 behind its length; answers where it ends. */
const putText = (bytes: Uint8Array, at: number, text: string): number => {
  const start = at + LENGTH_BYTES;
  let length = 0;
  for (; length < text.length; length += 1) {
    const code = text.charCodeAt(length);
    if (code >= FIRST_BEYOND_ASCII) break;
    bytes[start + length] = code;
  }
  if (length < text.length) {
    const encoded = utf8(text);
    bytes.set(encoded, start);
    length = encoded.length;
  }
  if (length > LONGEST_TEXT) noPlace(`a text of ${length} bytes`);
  putNumber(bytes, at, LENGTH_BYTES, length);
  return start + length;
};

const putEventId = (bytes: Uint8Array, at: number, uuid: string): void => {
  let digits = 0;
  for (let from = 0; from < uuid.length; from += 1) {
    const code = uuid.charCodeAt(from);
    if (code === HYPHEN) continue;
    const digit = hexDigitOf(code);
    const place = at + (digits >> 1);
    bytes[place] = digits % 2 === 0 ? digit << 4 : (bytes[place] ?? 0) | digit;
    digits += 1;
  }
  if (digits !== UUID_DIGITS) noPlace(`event id ${uuid}`);
};

/** Answers the leaf behind the byte that is hashed before it. It is overwritten by the next one. */
const write = (sha256: Sha256Of, event: LeafEvent): Uint8Array => {
  const { position, revision, schemaVersion, eventId, data, metadata, streamId, type } = event;
  if (!isCount(revision, Number.MAX_SAFE_INTEGER)) noPlace(`revision ${revision}`);
  if (!isCount(schemaVersion, LARGEST_VERSION)) noPlace(`schema version ${schemaVersion}`);
  const most = 1 + FIXED_BYTES + BYTES_PER_CHARACTER * (streamId.length + type.length);
  const bytes = most <= SHARED.length ? SHARED : new Uint8Array(most);
  bytes[0] = LEAF_PREFIX;
  bytes.set(MAGIC, 1);
  putPosition(bytes, 1 + POSITION_AT, position);
  putNumber(bytes, 1 + REVISION_AT, 8, revision);
  putNumber(bytes, 1 + VERSION_AT, 4, schemaVersion);
  putEventId(bytes, 1 + EVENT_ID_AT, eventId);
  bytes.set(sha256(data), 1 + DATA_AT);
  bytes.set(sha256(metadata), 1 + METADATA_AT);
  const typeAt = putText(bytes, 1 + STREAM_AT, streamId);
  return bytes.subarray(0, putText(bytes, typeAt, type));
};

/**
 * Answers the bytes that the tree hashes for an event. Numbers are big-endian, texts are in UTF-8 behind their length in two
 * bytes:
 *
 *     "chatapp-event/v1\n"   17 bytes
 *     position                8 bytes
 *     revision                8 bytes
 *     schema version          4 bytes
 *     event id               16 bytes
 *     SHA-256 of the data    32 bytes
 *     SHA-256 of the metadata 32 bytes
 *     stream                  2 bytes and the text
 *     type                    2 bytes and the text
 *
 * It holds the hashes of data and metadata, not these themselves: so a leaf is small, and can be shown to somebody who may
 * not read the event. Raises `RangeError` for a number and `EncodingFault` for a text that has no such form.
 */
export const encodeLeaf = (sha256: Sha256Of, event: LeafEvent): Uint8Array => write(sha256, event).slice(1);

/** Answers what `hashLeaf` answers for the leaf of an event, without a buffer of its own. Raises what `encodeLeaf` does. */
export const hashEvent = (sha256: Sha256Of, event: LeafEvent): TreeHash => sha256(write(sha256, event));
