import { streamOf, type MediaId, type Position, type UserId } from '../../domain/kernel/ids.js';
import { reject, Rejection } from '../../domain/kernel/rejections.js';
import { contentTypeOf, SNIFFED_BYTES } from '../../domain/media/content-type.js';
import { media, type MediaCommands } from '../../domain/media/decider.js';
import { fileNameOf } from '../../domain/media/file-name.js';
import { storage } from '../../domain/storage/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { EventStore } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import { blobsOf, type MediaBlobs } from './blob-names.js';
import { clearUp } from './clear-up.js';
import type { KeepFile } from './keep-file.js';
import { peeked } from './peeked.js';
import { removeBlobs } from './remove-blobs.js';

export interface UploadedFile {
  readonly name: string | undefined;
  /** Raises where the upload is cut or refused: nothing is kept of it then. */
  readonly content: AsyncIterable<Uint8Array>;
}

export type UploadedMedia = Omit<MediaCommands['UploadMedia'], 'by' | 'at' | 'name'> & { readonly position: Position };

export interface UploadParts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly keep: KeepFile;
  readonly blobs: BlobStore;
  readonly identifiers: Identifiers;
  /** The most bytes that all files of a user take together. */
  readonly quotaBytes: number;
}

/**
 * Keeps a file. It is on the disk before the log says so: a crash between the two leaves a file that nobody knows of,
 * which is collected later.
 */
export const uploadMedia = ({ transact, store, keep, blobs, identifiers, quotaBytes }: UploadParts) => {
  /** Keeps all of a file, or nothing where it fails. */
  const keepWhole = async (names: MediaBlobs, content: AsyncIterable<Uint8Array>) => {
    try {
      const { head, whole } = await peeked(content, SNIFFED_BYTES);
      return await keep(names, contentTypeOf(head), whole);
    } catch (error) {
      await clearUp(error, () => removeBlobs(blobs, names));
      throw error;
    }
  };

  /** Spares the reading of a file for which there is no room in any case. */
  const requireRoom = async (userId: UserId): Promise<void> => {
    const { state } = await load(store, storage, userId);
    if (state.usedBytes >= quotaBytes) reject('media_quota_exceeded');
  };

  return async ({ name, content }: UploadedFile, context: CommandContext): Promise<UploadedMedia> => {
    const { actor: by, now: at } = context;
    await requireRoom(by);
    const mediaId: MediaId = identifiers.newMediaId();
    const names = blobsOf(by, mediaId);
    const file = { mediaId, ...(await keepWhole(names, content)) };
    const command = { type: 'UploadMedia', data: { ...file, name: fileNameOf(name), by, at } } as const;
    try {
      const taking = { userId: by, mediaId, bytes: file.size, quotaBytes, at };
      const plan = async () => ({
        decisions: [
          decision(storage, by, { type: 'TakeStorage', data: taking }),
          // The file comes last, as its position is that of the answer.
          decision(media, mediaId, command, { expectNew: true }),
        ],
        answer: () => ({}),
      });
      const { position } = await transact(context, plan, streamOf(storage.category, by));
      return { ...file, position };
    } catch (error) {
      if (error instanceof Rejection) await removeBlobs(blobs, names);
      throw error; // Whether an append that failed in another way was written is not known: the file stays.
    }
  };
};
