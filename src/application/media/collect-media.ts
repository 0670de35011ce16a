import type { Instant, MediaId } from '../../domain/kernel/ids.js';
import { media } from '../../domain/media/decider.js';
import { storage } from '../../domain/storage/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision, decisionOn, type Decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { EventStore } from '../ports/event-store.js';
import { blobsOf } from './blob-names.js';
import { removeBlobs } from './remove-blobs.js';

interface CollectParts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly blobs: BlobStore;
}

/**
 * Removes a file that nobody has sent in its time, and answers whether it did. Its content goes once the log says so: a
 * crash between leaves an orphan.
 */
export const collectMedia =
  ({ transact, store, blobs }: CollectParts) =>
  async (mediaId: MediaId, uploadedBefore: Instant, context: CommandContext<null>): Promise<boolean> => {
    const { now: at } = context;
    const { answer } = await transact(context, async () => {
      const loaded = await load(store, media, mediaId);
      const collecting = decisionOn(media, loaded, { type: 'CollectMedia', data: { uploadedBefore, at } });
      const { state, facts } = await collecting.decide(store, 0);
      const file = state.status === 'removed' && facts.length > 0 ? state.file : undefined;
      const data = file && { userId: file.uploaderId, mediaId, bytes: file.size, at };
      const freeing = data && decision(storage, data.userId, { type: 'FreeStorage', data });
      const decisions: readonly Decision<unknown>[] = freeing ? [collecting, freeing] : [];
      return { decisions, answer: () => ({ file }) };
    });
    if (!answer.file) return false;
    await removeBlobs(blobs, blobsOf(answer.file.uploaderId, mediaId));
    return true;
  };

export type CollectMedia = ReturnType<typeof collectMedia>;
