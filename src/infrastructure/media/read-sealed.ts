import type { KeyObject } from 'node:crypto';
import { DamagedBlobError, type BlobName } from '../../application/ports/blob-store.js';
import type { BlobFiles } from './blob-files.js';
import { CHUNK_BYTES, openChunk, SEALED_CHUNK_BYTES } from './chunk-cipher.js';

/** A sealed blob, and what opens it. */
export interface OpenBlob {
  readonly blob: BlobName;
  readonly key: KeyObject;
  /** Where its first chunk begins. */
  readonly offset: number;
  readonly chunks: number;
}

/** So many chunks are read at a time: each read is a turn of a thread and of the event loop. */
const CHUNKS_AT_ONCE = 8;

/** Raises what goes wrong with a sealed blob as what it is: damage. */
export const undamaged = <Result>({ name }: BlobName, open: () => Result): Result => {
  try {
    return open();
  } catch (cause) {
    throw new DamagedBlobError(`blob ${name} cannot be opened`, { cause });
  }
};

/** Answers how many chunks are read at a time, for so many of them. */
const groupsOf = (chunks: number): number[] =>
  Array.from({ length: Math.ceil(chunks / CHUNKS_AT_ONCE) }, (_, n) =>
    Math.min(CHUNKS_AT_ONCE, chunks - n * CHUNKS_AT_ONCE),
  );

/** Opens chunks that follow one another. One that is missing raises like one that was changed. */
const openChunks = ({ blob, key, chunks }: OpenBlob, sealed: Buffer, first: number, count: number): Buffer => {
  const contents = Array.from({ length: count }, (_, n) => {
    const place = { index: first + n, isLast: first + n === chunks - 1 };
    const chunk = sealed.subarray(n * SEALED_CHUNK_BYTES, (n + 1) * SEALED_CHUNK_BYTES);
    return undamaged(blob, () => openChunk(key, chunk, place));
  });
  return Buffer.concat(contents);
};

/** Reads and opens the chunks in which these bytes are, and no others. */
export async function* readSealed(
  files: BlobFiles,
  opened: OpenBlob,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  const first = Math.floor(start / CHUNK_BYTES);
  const groups = groupsOf(Math.ceil(end / CHUNK_BYTES) - first);
  const sizes = groups.map((count) => count * SEALED_CHUNK_BYTES);
  let [index, n] = [first, 0];
  for await (const sealed of files.read(opened.blob, opened.offset + first * SEALED_CHUNK_BYTES, sizes)) {
    const count = groups[n] ?? 0;
    const content = openChunks(opened, sealed, index, count);
    const from = index * CHUNK_BYTES;
    yield content.subarray(Math.max(0, start - from), end - from);
    index += count;
    n += 1;
  }
}
