import { buffer } from 'node:stream/consumers';
import { inflateRawSync, type InflateRaw } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { BundleFault } from '../../domain/audit/bundle-manifest.js';
import type { BundleFiles } from '../../domain/audit/verify-bundle.js';
import { requireNothingElse, type EntryPlace } from './bundle-layout.js';

/** All files of a bundle are in memory while it is verified. */
const MOST_BYTES = 1024 ** 3;
/** How what an entry holds is stored. */
const [STORED, DEFLATED] = [0, 8];

/** What `inflateRawSync` answers with `info`. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: InflateRaw;
}

const inflated = (stored: Buffer, { fileName, uncompressedSize }: Entry): Buffer => {
  const options = { info: true, maxOutputLength: Math.max(1, uncompressedSize) };
  const { buffer: content, engine } = inflateRawSync(stored, options) as unknown as Inflated;
  if (engine.bytesWritten !== stored.length) throw new BundleFault(`${fileName} is followed by something else`);
  return content;
};

const contentOf = async (zip: ZipFile, entry: Entry): Promise<Buffer> => {
  const stored = await buffer(await zip.openReadStreamPromise(entry, { decodeFileData: false }));
  const content = entry.compressionMethod === DEFLATED ? inflated(stored, entry) : stored;
  if (content.length !== entry.uncompressedSize) throw new BundleFault(`${entry.fileName} has another size`);
  return content;
};

/** Answers where an entry stands. There it must say of itself what the directory says. */
const placeOf = async (zip: ZipFile, entry: Entry): Promise<EntryPlace> => {
  const header = await zip.readLocalFileHeaderPromise(entry);
  const { compressionMethod, fileName, fileNameRaw } = entry;
  const isAlike = header.fileName.equals(fileNameRaw) && header.compressionMethod === compressionMethod;
  if (!isAlike || fileNameRaw.toString() !== fileName || ![STORED, DEFLATED].includes(compressionMethod))
    throw new BundleFault(`${fileName} has another name, or is stored in another way, than the directory says`);
  return {
    begin: entry.relativeOffsetOfLocalHeader,
    end: header.fileDataStart + entry.compressedSize,
    named: entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength,
  };
};

/**
 * Reads the files of a bundle. Raises `BundleFault` where it is too large, has a name twice, or holds something that other
 * programs could show as a part of it, and `Error` where it is no ZIP.
 */
export const readBundle = async (path: string): Promise<BundleFiles> => {
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false });
  const files = new Map<string, Uint8Array>();
  const places: EntryPlace[] = [];
  let size = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      size += entry.uncompressedSize;
      if (size > MOST_BYTES) throw new BundleFault('the bundle is larger than 1 GiB when it is unpacked');
      if (files.has(entry.fileName)) throw new BundleFault(`${entry.fileName} is in the bundle twice`);
      places.push(await placeOf(zip, entry));
      files.set(entry.fileName, await contentOf(zip, entry));
    }
    requireNothingElse(places, zip.fileSize);
    return files;
  } finally {
    zip.close();
  }
};
