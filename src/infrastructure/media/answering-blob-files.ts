import { answeredWithin } from '../../application/kernel/answered-within.js';
import { BlobStoreUnavailableError } from '../../application/ports/blob-store.js';
import type { BlobDraft, BlobFiles } from './blob-files.js';

/** Nobody waits for it any more: what is left of it is found by the look for orphans. */
const ignored = (): void => undefined;

/**
 * Files of a place that may hang, as a disk behind a network does: the system waits for it for ever. None of its answers is waited for
 * longer than this. Between them a client may take its time. Raises `BlobStoreUnavailableError`.
 */
export const answeringBlobFiles = (files: BlobFiles, withinMs: number): BlobFiles => {
  const late = () => new BlobStoreUnavailableError(`the disk of files has not answered within ${withinMs} ms`);
  const answered = <Answer>(asked: Promise<Answer>): Promise<Answer> => answeredWithin(withinMs, asked, late);
  const answering = ({ append, commit, discard }: BlobDraft): BlobDraft => ({
    append: (bytes) => answered(append(bytes)),
    commit: () => answered(commit()),
    discard: () => answered(discard()),
  });

  return {
    ...files,
    begin: async (blob) => {
      const begun = files.begin(blob);
      try {
        return answering(await answered(begun));
      } catch (error) {
        void begun.then((draft) => draft.discard()).catch(ignored);
        throw error;
      }
    },
    sizeOf: (blob) => answered(files.sizeOf(blob)),
    read: async function* (blob, offset, sizes) {
      const pieces = files.read(blob, offset, sizes)[Symbol.asyncIterator]();
      try {
        for (let next = await answered(pieces.next()); next.done !== true; next = await answered(pieces.next()))
          yield next.value;
      } finally {
        void Promise.resolve(pieces.return?.()).catch(ignored); // It would wait for a piece that is late.
      }
    },
    remove: (blob) => answered(files.remove(blob)),
  };
};
