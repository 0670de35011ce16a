import type { Instant, MediaId } from '../../domain/kernel/ids.js';
import { media, ownFile } from '../../domain/media/decider.js';
import { batchesOf } from '../kernel/batches-of.js';
import { load } from '../kernel/loaded.js';
import type { BlobName, BlobStore } from '../ports/blob-store.js';
import type { EventStore } from '../ports/event-store.js';
import type { MediaViews } from '../ports/media-views.js';
import type { Users } from '../users/remembered-users.js';
import { mediaOf } from './blob-names.js';

/** The read model is asked for so many files at once. */
const BATCH = 100;

interface OrphanParts {
  readonly views: Pick<MediaViews, 'known'>;
  readonly store: EventStore;
  readonly users: Users;
  readonly blobs: BlobStore;
}

/**
 * Removes what is kept and belongs to no file: what a crash has left, and what was to go when a server was down. What the
 * read model does not know is looked up in the log, as the read model may be late. What was changed since this time may be
 * about to be recorded. Calls back for each blob that it looks at.
 */
export const removeOrphans = ({ views, store, users, blobs }: OrphanParts) => {
  const isInLog = async (mediaId: MediaId, { ownerId }: BlobName): Promise<boolean> => {
    const { state } = await load(store, media, mediaId);
    if (!ownFile(state, ownerId)) return false;
    const owner = await users.current(ownerId);
    return owner.state.status !== 'erased';
  };

  return async (unchangedSince: Instant, onSeen: () => void): Promise<number> => {
    let removed = 0;
    await blobs.removeDrafts(unchangedSince);
    for await (const batch of batchesOf(blobs.list(unchangedSince), BATCH)) {
      const known = await views.known(batch.map(mediaOf).filter((mediaId) => mediaId !== undefined));
      for (const blob of batch) {
        onSeen();
        const mediaId = mediaOf(blob);
        if (mediaId && (known.has(mediaId) || (await isInLog(mediaId, blob)))) continue;
        await blobs.remove(blob);
        removed += 1;
      }
    }
    return removed;
  };
};
