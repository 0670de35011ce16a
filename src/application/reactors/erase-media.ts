import { user } from '../../domain/users/decider.js';
import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position, StreamId, UserId } from '../../domain/kernel/ids.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { EventBatch, EventStore } from '../ports/event-store.js';

const TYPES: readonly ChatEventType[] = ['UserErased'];

/** The stream names the user: nothing of the event has to be readable. */
const userOf = (streamId: StreamId): UserId => streamId.slice(user.category.length + 1) as UserId;

/**
 * Removes the files of erased users at once. They cannot be opened any more as it is, for want of their key. What was erased
 * while no server ran goes with the orphans.
 */
export const eraseMedia = (store: Pick<EventStore, 'subscribe'>, blobs: BlobStore, after: Position): Work => {
  const take = async ({ events, undecodable }: EventBatch) => {
    for (const { streamId } of [...events, ...undecodable]) await blobs.removeAllOf(userOf(streamId));
  };
  return followLog({ store, types: TYPES, after, take });
};
