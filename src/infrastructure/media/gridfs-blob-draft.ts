import { randomUUID } from 'node:crypto';
import { BlobStoreFullError } from '../../application/ports/blob-store.js';
import { DatabaseUnavailableError } from '../../application/ports/database-unavailable.js';
import { serverErrorCode } from '../mongodb/mongo-errors.js';
import type { BlobDraft } from './blob-files.js';
import { GatheredWrites } from './gathered-writes.js';
import { CHUNK_BYTES, CHUNKS_AT_ONCE, type GridFs } from './gridfs.js';

/** So often the record of a file that is being written says that it still is. */
const RECORD_EVERY_MS = 60_000;
const OUT_OF_DISK_SPACE = 14031;

const isFull = (error: unknown): boolean =>
  error instanceof Error && serverErrorCode(error.cause) === OUT_OF_DISK_SPACE;

const orFull = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (isFull(error)) throw new BlobStoreFullError('MongoDB has no room for files', { cause: error });
    throw error;
  }
};

/** Whether the same may succeed later: what cannot be removed now is removed by its record. */
const unlessAway = (error: unknown): void => {
  if (!(error instanceof DatabaseUnavailableError)) throw error;
};

/** Writes the chunks of a file, several at a time, and at the end what makes a file of them. */
class FileWrites {
  readonly #bucket: GridFs;
  readonly #id: string;
  #rest: Uint8Array = new Uint8Array(0);
  #n = 0;
  #recordedAt = performance.now();
  /** The bytes that were stored. */
  length = 0;
  /** Whether something of the file may be stored that was not acknowledged. */
  isUncertain = false;

  constructor(bucket: GridFs, id: string) {
    this.#bucket = bucket;
    this.#id = id;
  }

  /** Stores as many whole chunks as there are bytes for. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat([this.#rest, ...pieces]);
    const whole = bytes.length - (bytes.length % CHUNK_BYTES);
    this.#rest = bytes.subarray(whole);
    await this.#store(bytes.subarray(0, whole));
  }

  /** Stores what is left. */
  async finish(): Promise<void> {
    await this.#store(this.#rest);
  }

  /** Stores the file, which is found by its path from now on. */
  async putInPlace(filename: string): Promise<void> {
    const file = { _id: this.#id, length: this.length, chunkSize: CHUNK_BYTES, uploadDate: new Date(), filename };
    await this.#certainly(() => this.#bucket.ask('files', (all) => all.insertOne(file)));
  }

  /** Notes that a request may be carried out later than its answer was waited for. */
  async #certainly(request: () => Promise<unknown>): Promise<void> {
    this.isUncertain = true;
    await request();
    this.isUncertain = false;
  }

  async #store(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#record();
    const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, n) => ({
      _id: `${this.#id}#${this.#n + n}`,
      files_id: this.#id,
      n: this.#n + n,
      data: bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES),
    }));
    await this.#certainly(() => this.#bucket.ask('chunks', (all) => all.insertMany(chunks)));
    this.#n += chunks.length;
    this.length += bytes.length;
  }

  async #record(): Promise<void> {
    if (performance.now() - this.#recordedAt < RECORD_EVERY_MS) return;
    this.#recordedAt = performance.now();
    if (!(await this.#bucket.isStillWritten(this.#id))) throw givenUp();
  }
}

const givenUp = () => new DatabaseUnavailableError('a file was given up before it was whole');

/** Begins a file that is to be found under this path. */
export const beginGridFsDraft = async (bucket: GridFs, path: string): Promise<BlobDraft> => {
  const id = randomUUID();
  await bucket.begin(id);
  const file = new FileWrites(bucket, id);
  const writes = new GatheredWrites(CHUNKS_AT_ONCE * CHUNK_BYTES, (pieces) => file.write(pieces));

  return {
    append: (bytes) => orFull(() => writes.append(bytes)),
    commit: () =>
      orFull(async () => {
        await writes.finish();
        await file.finish();
        const older = await bucket.idsOf(path);
        await file.putInPlace(path);
        if (!(await bucket.finish(id))) throw givenUp();
        // The newest is found. An older one that cannot be removed now goes with the name.
        for (const each of older) await bucket.remove(each).catch(unlessAway);
      }),
    discard: async () => {
      await writes.settle();
      // What was not acknowledged may come even later.
      const removing = file.isUncertain ? bucket.removeForNow(id) : bucket.remove(id);
      await removing.catch(unlessAway);
    },
  };
};
