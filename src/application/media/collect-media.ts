import type { Instant, MediaId } from '../../domain/kernel/ids.js';
import { media, type MediaState } from '../../domain/media/decider.js';
import { storage } from '../../domain/storage/decider.js';
import type { StandingHolds } from '../holds/standing-holds.js';
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
  readonly holds: Pick<StandingHolds, 'lookUp'>;
  readonly blobs: BlobStore;
}

/** Looks up the hold on the uploader; there is none where there is no file. */
const holdOf = async (holds: CollectParts['holds'], state: MediaState) => {
  if (state.status === 'absent') return { isHeld: false, conditions: [] };
  const { isHeld, condition } = await holds.lookUp(state.file.uploaderId);
  return { isHeld, conditions: [condition] };
};

/**
 * Removes a file that nobody has sent in its time, and answers whether it did. Its content goes once the log says so: a
 * crash between leaves an orphan. While a legal hold stands on its uploader it stays.
 */
export const collectMedia =
  ({ transact, store, holds, blobs }: CollectParts) =>
  async (mediaId: MediaId, uploadedBefore: Instant, context: CommandContext<null>): Promise<boolean> => {
    const { now: at } = context;
    const { answer } = await transact(context, async () => {
      const loaded = await load(store, media, mediaId);
      const { isHeld, conditions } = await holdOf(holds, loaded.state);
      const collecting = decisionOn(media, loaded, { type: 'CollectMedia', data: { uploadedBefore, isHeld, at } });
      const { state, facts } = await collecting.decide(store, 0);
      const file = state.status === 'removed' && facts.length > 0 ? state.file : undefined;
      const data = file && { userId: file.uploaderId, mediaId, bytes: file.size, at };
      const freeing = data && decision(storage, data.userId, { type: 'FreeStorage', data });
      const decisions: readonly Decision<unknown>[] = freeing ? [collecting, freeing] : [];
      return { decisions, require: conditions, answer: () => ({ file }) };
    });
    if (!answer.file) return false;
    await removeBlobs(blobs, blobsOf(answer.file.uploaderId, mediaId));
    return true;
  };

export type CollectMedia = ReturnType<typeof collectMedia>;
