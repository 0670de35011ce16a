import { BlockBits } from './block-bits.js';

/** The messages of a conversation whose grams are stored at once. */
export const CHUNK = 64;
/** The messages of a conversation that one list of a gram is about. */
export const BLOCK = 8_192;
const CHUNKS = BLOCK / CHUNK;

/** A chunk with more messages than this is a bitmap. */
const MOST_OFFSETS = 8;
const IS_BITMAP = 0xff;
const BITMAP_BYTES = CHUNK / 8;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hexOf = (bytes: Iterable<number>): string => Array.from(bytes, (byte) => HEX[byte]).join('');

const bitmapOf = (offsets: readonly number[]): Uint8Array => {
  const bitmap = new Uint8Array(BITMAP_BYTES);
  for (const offset of offsets) bitmap[offset >>> 3] = (bitmap[offset >>> 3] as number) | (1 << (offset & 7));
  return bitmap;
};

/** Writes a chunk in hexadecimal digits: its number, then how many of its messages and which, or a bitmap where they are many. */
export const chunkOf = (chunk: number, offsets: readonly number[]): string =>
  offsets.length <= MOST_OFFSETS
    ? hexOf([chunk, offsets.length, ...offsets])
    : hexOf([chunk, IS_BITMAP, ...bitmapOf(offsets)]);

/** Adds what a list says to what others said. */
export const addList = (bits: BlockBits, list: Uint8Array): void => {
  for (let at = 0; at < list.length;) {
    const [chunk, count] = [list[at] as number, list[at + 1] as number];
    const isBitmap = count === IS_BITMAP;
    at += 2;
    const end = at + (isBitmap ? BITMAP_BYTES : count);
    for (let place = chunk * CHUNK; at < end; at += 1) {
      const byte = list[at] as number;
      if (isBitmap) bits.put(place, byte);
      else bits.add(place + byte);
      if (isBitmap) place += 8;
    }
  }
};

/** Writes a list anew, in hexadecimal digits; it is empty where no message is in it. */
export const listOf = (bits: BlockBits): string => {
  const chunks: string[] = [];
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const base = chunk * CHUNK;
    const offsets = bits.places(base, base + CHUNK - 1).map((place) => place - base);
    if (offsets.length > 0) chunks.push(chunkOf(chunk, offsets.reverse()));
  }
  return chunks.join('');
};

export const noMessages = (): BlockBits => new BlockBits(BLOCK);

/** Answers the messages of a block that are in the lists of all of these parts of a question. */
export const messagesInAll = (lists: ReadonlyMap<number, BlockBits>, parts: readonly number[]): BlockBits => {
  const all = noMessages();
  const [first, ...others] = parts.map((part) => lists.get(part) ?? noMessages());
  if (first) all.unite(first);
  for (const other of others) all.intersect(other);
  return all;
};
