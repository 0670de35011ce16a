import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The bytes of every chunk but the last, which has fewer or as many. */
export const CHUNK_BYTES = 65_536;
/** The bytes of a sealed chunk. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/** The place of a chunk in its blob. A chunk opens in its own place alone, and the last one only where nothing follows. */
interface ChunkPlace {
  readonly index: number;
  readonly isLast: boolean;
}

/** Each blob has a key of its own, so the place makes a nonce that never comes twice. */
const nonceOf = ({ index, isLast }: ChunkPlace): Buffer => {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(index, NONCE_BYTES - 5);
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return nonce;
};

/** Seals a chunk, and answers it in pieces that follow one another. */
export const sealChunk = (key: KeyObject, content: Uint8Array, place: ChunkPlace): readonly Buffer[] => {
  const cipher = createCipheriv(CIPHER, key, nonceOf(place));
  return [cipher.update(content), cipher.final(), cipher.getAuthTag()];
};

/** Opens a chunk. Raises where it was changed, or belongs in another place. */
export const openChunk = (key: KeyObject, sealed: Buffer, place: ChunkPlace): Buffer => {
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonceOf(place), { authTagLength: TAG_BYTES });
  const content = decipher.setAuthTag(sealed.subarray(end)).update(sealed.subarray(0, end));
  decipher.final(); // The last call adds nothing, and raises where the chunk was changed.
  return content;
};

/** Answers the number of chunks that so many sealed bytes are. */
export const chunksIn = (sealedBytes: number): number => Math.ceil(sealedBytes / SEALED_CHUNK_BYTES);

/** Answers the number of bytes that are sealed in so many; undefined where these are no whole chunks. */
export const contentBytesIn = (sealedBytes: number): number | undefined => {
  const size = sealedBytes - chunksIn(sealedBytes) * TAG_BYTES;
  const isWhole = sealedBytes > 0 && chunksIn(sealedBytes) === Math.max(1, Math.ceil(size / CHUNK_BYTES));
  return isWhole && size >= 0 ? size : undefined;
};
