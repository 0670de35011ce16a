import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { BundleFault } from '../../domain/audit/bundle-manifest.js';
import type { BundleFiles } from '../../domain/audit/verify-bundle.js';

/** All files of a bundle are in memory while it is verified. */
const MOST_BYTES = 1024 ** 3;

/** Reads the files of a bundle. Raises `BundleFault` where it is too large, or has a name twice, and `Error` where it is no ZIP. */
export const readBundle = async (path: string): Promise<BundleFiles> => {
  const zip = await yauzl.openPromise(path, { lazyEntries: true, validateEntrySizes: true, autoClose: false });
  const files = new Map<string, Uint8Array>();
  let size = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      size += entry.uncompressedSize;
      if (size > MOST_BYTES) throw new BundleFault('the bundle is larger than 1 GiB when it is unpacked');
      if (files.has(entry.fileName)) throw new BundleFault(`${entry.fileName} is in the bundle twice`);
      files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
    }
    return files;
  } finally {
    zip.close();
  }
};
