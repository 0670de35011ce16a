import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BlobStoreFullError } from '../../application/ports/blob-store.js';
import { errorCode } from '../error-code.js';
import type { BlobDraft } from './blob-files.js';
import { GatheredWrites } from './gathered-writes.js';

/** So many bytes are gathered before they are written: each write is a turn of a thread and of the event loop. */
const GATHERED_BYTES = 448 * 1024;
/** After so many bytes the disk is asked to take them. 25 MiB at the end took 45 ms of 170. */
const SYNCED_BYTES = 4 * 1024 * 1024;

/** Makes the names in a folder durable. Windows cannot open folders, and needs no such thing. */
export const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

const makeFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(dirname(first));
};

/** Writes to a file, and has the disk take what was written while more comes in, so that less is left to wait for at the end. */
class SyncedFile {
  readonly #handle: FileHandle;
  #unsynced = 0;
  #isSyncing = false;
  #syncing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Writes pieces from where they lie; what the disk did not take at once is put together and written again. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const size = pieces.reduce((sum, { length }) => sum + length, 0);
    const { bytesWritten } = await this.#handle.writev(pieces);
    if (bytesWritten < size) await this.#handle.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
    this.#syncSome(size);
  }

  /** What goes wrong is told at the end: the system tells it once, and a later call would succeed. */
  #syncSome(bytes: number): void {
    this.#unsynced += bytes;
    if (this.#unsynced < SYNCED_BYTES || this.#isSyncing) return;
    [this.#unsynced, this.#isSyncing] = [0, true];
    this.#syncing = this.#syncing.then(() => this.#handle.datasync()).finally(() => (this.#isSyncing = false));
    this.#syncing.catch(() => undefined); // The end is told.
  }

  async sync(): Promise<void> {
    await this.#syncing;
    await this.#handle.sync();
  }
}

/** The disk, or what this user may have of it, is full. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

const orFull = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (FULL.has(errorCode(error))) throw new BlobStoreFullError('the disk has no room for files', { cause: error });
    throw error;
  }
};

/** Begins a file in one folder that is to stand under this path. */
export const beginDraft = async (folder: string, path: string): Promise<BlobDraft> => {
  const draft = join(folder, randomUUID());
  const handle = await orFull(async () => {
    await makeFolder(folder);
    return open(draft, 'wx', 0o600);
  });
  const file = new SyncedFile(handle);
  const writes = new GatheredWrites(GATHERED_BYTES, (pieces) => file.write(pieces));
  return {
    append: (bytes) => orFull(() => writes.append(bytes)),
    commit: () =>
      orFull(async () => {
        await writes.finish();
        await file.sync();
        await handle.close();
        await makeFolder(dirname(path));
        await rename(draft, path);
        await syncFolder(dirname(path));
      }),
    discard: async () => {
      await handle.close();
      await rm(draft, { force: true });
    },
  };
};
