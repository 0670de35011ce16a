import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Archive } from '../../application/ports/archive.js';

/** Makes ZIP files while they are read: whatever their size, little of them is in memory. */
export const zip: Archive = {
  contentType: 'application/zip',
  extension: 'zip',
  pack: (files) => {
    const archive = new ZipFile();
    const output = archive.outputStream as unknown as AsyncIterable<Uint8Array> & { destroy(error: Error): void };
    // A source that fails ends the archive before its directory, so that what was received cannot be taken for the whole.
    archive.once('error', (error: Error) => output.destroy(error));
    for (const { name, content } of files)
      archive.addReadStreamLazy(name, (give) => give(null, Readable.from(content, { objectMode: false })));
    archive.end();
    return output;
  },
};
