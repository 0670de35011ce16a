import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { zip } from '../../src/infrastructure/archive/zip.js';

/** Makes a ZIP of files, of which several may have one name. */
export const packedBundle = (files: Iterable<readonly [string, Buffer]>): Promise<Buffer> => {
  async function* contentOf(bytes: Buffer) {
    yield bytes;
  }
  const listed = Array.from(files, ([name, bytes]) => ({ name, content: contentOf(bytes) }));
  return buffer(Readable.from(zip.pack(listed)));
};
