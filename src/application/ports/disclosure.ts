import type { Closed } from '../../domain/audit/event-view.js';
import type { StoredEvent } from './event-codec.js';

/**
 * What is disclosed of an event: its own key, which opens nothing else; the reason why there is none; or undefined where
 * nothing of it is sealed. One that holds no object of JSON, or in which nothing is known to be sealed, is unreadable.
 */
export type Disclosed = Uint8Array | Closed | undefined;

/** Gives the keys of exactly the events that it is asked for, in this order. */
export interface Disclosure {
  disclose(events: readonly StoredEvent[]): Promise<readonly Disclosed[]>;
}
