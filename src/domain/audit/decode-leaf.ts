import { equalBytes, textIn, toHex } from './bytes.js';
import { MAGIC, type LeafEvent } from './leaf.js';

/** What a leaf says of its event. */
export interface DecodedLeaf extends Omit<LeafEvent, 'data' | 'metadata'> {
  /** The SHA-256 of the stored bytes. */
  readonly dataHash: Uint8Array;
  readonly metadataHash: Uint8Array;
}

const HASH_BYTES = 32;
const ID_BYTES = 16;
const UUID = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

/** Reads one part of a leaf after another. Raises `RangeError` where it ends before. */
const readerOf = (leaf: Uint8Array) => {
  let at = 0;
  const bytes = (count: number): Uint8Array => {
    at += count;
    if (at > leaf.length) throw new RangeError('the leaf is too short');
    return leaf.subarray(at - count, at);
  };
  const number = (count: number): bigint => bytes(count).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { bytes, number, text: () => textIn(bytes(Number(number(2)))), isAtEnd: () => at === leaf.length };
};

/** Reads the bytes of a leaf, as `encodeLeaf` writes them. Raises `RangeError` or `EncodingFault` where they are none. */
export const decodeLeaf = (leaf: Uint8Array): DecodedLeaf => {
  const read = readerOf(leaf);
  if (!equalBytes(read.bytes(MAGIC.length), MAGIC)) throw new RangeError('the leaf is none of this version');
  const decoded = {
    position: String(read.number(8)),
    revision: Number(read.number(8)),
    schemaVersion: Number(read.number(4)),
    eventId: toHex(read.bytes(ID_BYTES)).replace(UUID, '$1-$2-$3-$4-$5'),
    dataHash: read.bytes(HASH_BYTES),
    metadataHash: read.bytes(HASH_BYTES),
    streamId: read.text(),
    type: read.text(),
  };
  if (!read.isAtEnd()) throw new RangeError('the leaf is too long');
  return decoded;
};
