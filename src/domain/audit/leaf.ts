import { concatBytes, fromHex, utf8 } from './bytes.js';
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
const MAGIC = utf8('chatapp-event/v1\n');

const bigEndian = (value: bigint | number, bytes: number): Uint8Array => {
  const encoded = new Uint8Array(bytes);
  let rest = BigInt(value);
  for (let at = bytes - 1; at >= 0; at -= 1) {
    encoded[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError(`${value} does not fit into ${bytes} bytes`);
  return encoded;
};

const text = (value: string): Uint8Array => {
  const bytes = utf8(value);
  return concatBytes([bigEndian(bytes.length, 2), bytes]);
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
export const encodeLeaf = (sha256: Sha256Of, event: LeafEvent): Uint8Array =>
  concatBytes([
    MAGIC,
    bigEndian(BigInt(event.position), 8),
    bigEndian(event.revision, 8),
    bigEndian(event.schemaVersion, 4),
    fromHex(event.eventId.replaceAll('-', '')),
    sha256(event.data),
    sha256(event.metadata),
    text(event.streamId),
    text(event.type),
  ]);
