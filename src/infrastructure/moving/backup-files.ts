import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '../error-code.js';
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
  // It is opened before anything is read: where reading fails at once, a stream made it after that, behind whoever removed it.
  const file = await open(path, 'wx', FILE_MODE);
  await pipeline(hashed, file.createWriteStream());
  await flush(path);
  await flush(dirname(path));
  return { name, size, sha256: hash.digest('hex') };
};

/** Reads a file. It is opened when the first of it is asked for: what goes wrong before would be told to nobody. */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** Copies a file of a back-up, or one into it. */
export const copyHashed = (from: string, folder: string, name: string): Promise<BackedUpFile> =>
  writeHashed(folder, name, bytesOf(from));

/** Reads a file whole. */
const hashOf = async (path: string): Promise<Pick<BackedUpFile, 'size' | 'sha256'>> => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of bytesOf(path)) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest('hex') };
};

/** Reads a file whole and compares it with what is known of it. */
export const requireSame = async (folder: string, { name, size, sha256 }: BackedUpFile): Promise<void> => {
  const found = await hashOf(join(folder, name)).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new CopyRefusedError(`${name} is missing in the back-up`);
  });
  if (found.size !== size || found.sha256 !== sha256)
    throw new CopyRefusedError(`${name} is damaged in the back-up: it is not what was written`);
};

/** Lists everything under a folder that is no folder itself, with `/` between the names. */
export const filesUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'));
};

/** Reads a file line by line. A line ends at a line feed alone: texts in JSON may hold other ends of lines. */
export async function* linesOf(folder: string, name: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of createReadStream(join(folder, name), 'utf8') as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
