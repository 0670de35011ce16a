import { fromHex, utf8 } from './bytes.js';
import type { Sha256Of } from './merkle-tree.js';

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

const LARGEST_POSITION = 2n ** 64n - 1n;
const LARGEST_VERSION = 2 ** 32 - 1;
const LONGEST_TEXT = 2 ** 16 - 1;
const UUID_BYTES = 16;

const requireThat = (fits: boolean, what: string): void => {
  if (!fits) throw new RangeError(`${what} has no place in a leaf`);
};

const isCount = (value: number, largest: number): boolean =>
  Number.isSafeInteger(value) && value >= 0 && value <= largest;

const positionOf = (text: string): bigint => {
  requireThat(/^\d{1,20}$/.test(text), `position ${text}`);
  const position = BigInt(text);
  requireThat(position <= LARGEST_POSITION, `position ${text}`);
  return position;
};

const textOf = (value: string): Uint8Array => {
  const bytes = utf8(value);
  requireThat(bytes.length <= LONGEST_TEXT, `a text of ${bytes.length} bytes`);
  return bytes;
};

const eventIdOf = (value: string): Uint8Array => {
  const bytes = fromHex(value.replaceAll('-', ''));
  requireThat(bytes.length === UUID_BYTES, `event id ${value}`);
  return bytes;
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
export const encodeLeaf = (sha256: Sha256Of, event: LeafEvent): Uint8Array => {
  const { revision, schemaVersion } = event;
  requireThat(isCount(revision, Number.MAX_SAFE_INTEGER), `revision ${revision}`);
  requireThat(isCount(schemaVersion, LARGEST_VERSION), `schema version ${schemaVersion}`);
  const [stream, type] = [textOf(event.streamId), textOf(event.type)];
  const typeAt = STREAM_AT + LENGTH_BYTES + stream.length;
  const leaf = new Uint8Array(typeAt + LENGTH_BYTES + type.length);
  const numbers = new DataView(leaf.buffer);
  leaf.set(MAGIC, 0);
  numbers.setBigUint64(POSITION_AT, positionOf(event.position));
  numbers.setBigUint64(REVISION_AT, BigInt(revision));
  numbers.setUint32(VERSION_AT, schemaVersion);
  leaf.set(eventIdOf(event.eventId), EVENT_ID_AT);
  leaf.set(sha256(event.data), DATA_AT);
  leaf.set(sha256(event.metadata), METADATA_AT);
  numbers.setUint16(STREAM_AT, stream.length);
  leaf.set(stream, STREAM_AT + LENGTH_BYTES);
  numbers.setUint16(typeAt, type.length);
  leaf.set(type, typeAt + LENGTH_BYTES);
  return leaf;
};
