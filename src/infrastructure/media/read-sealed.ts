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

/** Raises what goes wrong with a sealed blob as what it is: damage. */
export const undamaged = <Result>({ name }: BlobName, open: () => Result): Result => {
  try {
    return open();
  } catch (cause) {
    throw new DamagedBlobError(`blob ${name} cannot be opened`, { cause });
  }
};

/** Reads and opens the chunks in which these bytes are, and no others. */
export async function* readSealed(
  files: BlobFiles,
  { blob, key, offset, chunks }: OpenBlob,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  const first = Math.floor(start / CHUNK_BYTES);
  const sizes = Array<number>(Math.ceil(end / CHUNK_BYTES) - first).fill(SEALED_CHUNK_BYTES);
  let index = first;
  for await (const sealed of files.read(blob, offset + first * SEALED_CHUNK_BYTES, sizes)) {
    const place = { index, isLast: index === chunks - 1 };
    const content = undamaged(blob, () => openChunk(key, sealed, place));
    const from = index * CHUNK_BYTES;
    yield content.subarray(Math.max(0, start - from), end - from);
    index += 1;
  }
}
