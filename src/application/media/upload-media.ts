import type { MediaId, Position } from '../../domain/kernel/ids.js';
import { contentTypeOf, SNIFFED_BYTES } from '../../domain/media/content-type.js';
import { media, type MediaCommands } from '../../domain/media/decider.js';
import { fileNameOf } from '../../domain/media/file-name.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import { blobsOf, type MediaBlobs } from './blob-names.js';
import type { KeepFile } from './keep-file.js';
import { peeked } from './peeked.js';
import { Rejection } from '../../domain/kernel/rejections.js';

export interface UploadedFile {
  readonly name: string | undefined;
  /** Raises where the upload is cut or refused: nothing is kept of it then. */
  readonly content: AsyncIterable<Uint8Array>;
}

export type UploadedMedia = Omit<MediaCommands['UploadMedia'], 'by' | 'at' | 'name'> & { readonly position: Position };

/**
 * Keeps a file. It is on the disk before the log says so: a crash between the two leaves a file that nobody knows of,
 * which is collected later.
 */
export const uploadMedia = (transact: Transact, keep: KeepFile, blobs: BlobStore, identifiers: Identifiers) => {
  const removeAll = async (names: MediaBlobs): Promise<void> => {
    for (const name of Object.values<MediaBlobs[keyof MediaBlobs]>({ ...names })) await blobs.remove(name);
  };

  /** Where this fails, nothing is left. */
  const keepWhole = async (names: MediaBlobs, content: AsyncIterable<Uint8Array>) => {
    try {
      const { head, whole } = await peeked(content, SNIFFED_BYTES);
      return await keep(names, contentTypeOf(head), whole);
    } catch (error) {
      await removeAll(names);
      throw error;
    }
  };

  return async ({ name, content }: UploadedFile, context: CommandContext): Promise<UploadedMedia> => {
    const { actor: by, now: at } = context;
    const mediaId: MediaId = identifiers.newMediaId();
    const names = blobsOf(by, mediaId);
    const file = { mediaId, ...(await keepWhole(names, content)) };
    const command = { type: 'UploadMedia', data: { ...file, name: fileNameOf(name), by, at } } as const;
    try {
      const { position } = await transact(context, async () => ({
        decisions: [decision(media, mediaId, command, { expectNew: true })],
        answer: () => ({}),
      }));
      return { ...file, position };
    } catch (error) {
      if (error instanceof Rejection) await removeAll(names);
      throw error; // Whether an append that failed in another way was written is not known: the file stays.
    }
  };
};
