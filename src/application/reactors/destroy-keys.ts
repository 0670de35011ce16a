import type { Position } from '../../domain/kernel/ids.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import type { ErasedKeys } from '../ports/erased-keys.js';
import type { EventBatch, EventStore } from '../ports/event-store.js';
import { ERASURES, usersErasedBy } from './erasures.js';

/** The position is written down now and then, also when nobody is erased, so that a start looks through little. */
const IDLE_EVENTS = 5_000;

/**
 * Destroys the key of what is personal in the log when a user was erased. It follows the log by itself: what a projection
 * has parked does not keep a key. Every node does it, and doing it twice changes nothing. Each is told when users were erased.
 */
export const destroyErasedKeys = (
  store: Pick<EventStore, 'subscribe'>,
  keys: ErasedKeys,
  onErased: () => void = () => undefined,
): Work => {
  return async (consumer, signal) => {
    let noted: Position = await keys.destroyedUpTo();
    let passed = 0;
    const take = async (batch: EventBatch) => {
      const { position } = batch;
      const erased = usersErasedBy(batch);
      passed += batch.passed;
      if (erased.length === 0 && passed < IDLE_EVENTS) return;
      await keys.destroy(erased, position);
      [noted, passed] = [position, 0];
      if (erased.length > 0) onErased();
    };
    await followLog({ store, types: ERASURES, after: noted, take })(consumer, signal);
  };
};
