import type { BlobName, BlobStore } from '../../application/ports/blob-store.js';

/** A file that is being written. */
export interface BlobDraft {
  /** The bytes may be written later, and must not change. Raises what went wrong with those before. */
  append(bytes: Uint8Array): Promise<void>;
  /** Puts the file in its place, whole and durable. */
  commit(): Promise<void>;
  /** Leaves nothing of it. */
  discard(): Promise<void>;
}

/** Where sealed bytes are kept, whatever they are. */
export interface BlobFiles extends Pick<BlobStore, 'remove' | 'removeAllOf' | 'list' | 'removeDrafts'> {
  /** Begins a file, which nobody finds before it is committed. */
  begin(blob: BlobName): Promise<BlobDraft>;
  /** Answers the number of bytes; undefined where there is no such file. */
  sizeOf(blob: BlobName): Promise<number | undefined>;
  /** Answers pieces of these sizes, one after another from an offset on. A piece is shorter where the file ends. */
  read(blob: BlobName, offset: number, sizes: readonly number[]): AsyncIterable<Buffer>;
}
