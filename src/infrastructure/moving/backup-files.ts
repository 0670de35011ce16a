import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { CopyRefusedError } from './moved-log.js';

/** A file of a back-up. */
export interface BackedUpFile {
  /** Its path in the back-up, with `/` between the names. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** Only its owner reads a back-up. */
const FILE_MODE = 0o600;
export const FOLDER_MODE = 0o700;

/** Flushes a file to the disk, or the names in a folder. */
export const flush = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
};

type Content = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** Writes a file, with the folder that it is in, to the disk, and hashes it. A file that is there already is refused. */
export const writeHashed = async (folder: string, name: string, content: Content): Promise<BackedUpFile> => {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const hash = createHash('sha256');
  let size = 0;
  const hashed = async function* () {
    for await (const piece of content) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      hash.update(bytes);
      size += bytes.length;
      yield bytes;
    }
  };
  await pipeline(hashed, createWriteStream(path, { flags: 'wx', mode: FILE_MODE }));
  await flush(path);
  await flush(dirname(path));
  return { name, size, sha256: hash.digest('hex') };
};

/** Copies a file of a back-up, or one into it. */
export const copyHashed = (from: string, folder: string, name: string): Promise<BackedUpFile> =>
  writeHashed(folder, name, createReadStream(from) as AsyncIterable<Buffer>);

/** Reads a file whole and compares it with what is known of it. */
export const requireSame = async (folder: string, { name, size, sha256 }: BackedUpFile): Promise<void> => {
  const hash = createHash('sha256');
  let found = 0;
  for await (const piece of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
    hash.update(piece);
    found += piece.length;
  }
  if (found !== size || hash.digest('hex') !== sha256)
    throw new CopyRefusedError(`${name} is damaged in the back-up: it is not what was written`);
};

/** Reads a file line by line. */
export const linesOf = (folder: string, name: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Infinity });
