import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Archive } from '../../application/ports/archive.js';

/** Makes ZIP files while they are read: whatever their size, little of them is in memory. */
export const zip: Archive = {
  contentType: 'application/zip',
  extension: 'zip',
  pack: (files) => {
    const archive = new ZipFile();
    const output = archive.outputStream as unknown as Readable;
    // A source that fails ends the archive before its directory, so that what was received cannot be taken for the whole.
    const fail = (error: Error): void => void output.destroy(error);
    archive.on('error', fail);
    // One file is read at a time. Where the reader of the archive leaves, its source is ended too.
    let source: Readable | undefined;
    output.once('close', () => source?.destroy());
    for (const { name, content } of files)
      archive.addReadStreamLazy(name, (give) => {
        source = Readable.from(content, { objectMode: false }).on('error', fail);
        give(null, source);
      });
    archive.end();
    return output;
  },
};
