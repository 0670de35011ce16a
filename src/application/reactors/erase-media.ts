import type { Position } from '../../domain/kernel/ids.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { EventBatch, EventStore } from '../ports/event-store.js';
import { ERASURES, usersErasedBy } from './erasures.js';

/**
 * Removes the files of erased users at once. They cannot be opened any more as it is, for want of their key. What was erased
 * while no server ran goes with the orphans.
 */
export const eraseMedia = (store: Pick<EventStore, 'subscribe'>, blobs: BlobStore, after: Position): Work => {
  const take = async (batch: EventBatch) => {
    for (const userId of usersErasedBy(batch)) await blobs.removeAllOf(userId);
  };
  return followLog({ store, types: ERASURES, after, take });
};
