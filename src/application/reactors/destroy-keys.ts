import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position, StreamId, UserId } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import type { ErasedKeys } from '../ports/erased-keys.js';
import type { EventBatch, EventStore } from '../ports/event-store.js';

const TYPES: readonly ChatEventType[] = ['UserErased'];
/** The position is written down now and then, also when nobody is erased, so that a start looks through little. */
const IDLE_EVENTS = 5_000;

/** The stream names the user: nothing of the event has to be readable. */
const userOf = (streamId: StreamId): UserId => streamId.slice(user.category.length + 1) as UserId;

/**
 * Destroys the key of what is personal in the log when a user was erased. It follows the log by itself: what a projection
 * has parked does not keep a key. Every node does it, and doing it twice changes nothing.
 */
export const destroyErasedKeys = (store: Pick<EventStore, 'subscribe' | 'countBetween'>, keys: ErasedKeys): Work => {
  return async (consumer, signal) => {
    let noted: Position = await keys.destroyedUpTo();
    const take = async ({ events, undecodable, position }: EventBatch) => {
      const erased = [...events, ...undecodable].map(({ streamId }) => userOf(streamId));
      if (erased.length === 0 && (await store.countBetween(noted, position)) < IDLE_EVENTS) return;
      await keys.destroy(erased, position);
      noted = position;
    };
    await followLog({ store, types: TYPES, after: noted, take })(consumer, signal);
  };
};
