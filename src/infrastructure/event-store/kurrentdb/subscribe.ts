import { KeyUnavailableError, type EventCodec } from '../../../application/ports/event-codec.js';
import type { EventBatch, SubscribeOptions } from '../../../application/ports/event-store.js';
import type { RawEvent } from '../../../application/ports/raw-log.js';
import { decodeRaw } from '../decode-raw.js';
import { parted, type LogEntry } from '../log-entry.js';
import type { StoreObserver } from '../store-observer.js';
import { backOff, pause } from './calls.js';
import { follow, type FollowParts } from './follow.js';

export interface SubscribeParts extends FollowParts {
  readonly codec: EventCodec;
  readonly observer: StoreObserver;
}

/** Decodes, and tries again: the keys may be out of reach for a while. Undefined when the subscription ended meanwhile. */
const untilDecoded = async (
  { codec, log }: SubscribeParts,
  events: readonly RawEvent[],
  signal: AbortSignal,
): Promise<LogEntry[] | undefined> => {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      return await decodeRaw(codec, events);
    } catch (error) {
      // Another node may know the key: this node's consumer leaves the work to that one, and is started again.
      if (error instanceof KeyUnavailableError) throw error;
      log.error({ err: error }, 'subscription cannot decode events, trying again');
      await pause(backOff(attempt), signal);
    }
  }
  return undefined;
};

/** Follows the log, and decodes what is in it. */
export async function* subscribe(parts: SubscribeParts, options: SubscribeOptions): AsyncGenerator<EventBatch> {
  for await (const { events, ...batch } of follow(parts, options)) {
    const entries = await untilDecoded(parts, events, options.signal);
    if (!entries) return;
    const { events: readable, undecodable } = parted(entries);
    for (const event of undecodable) parts.observer.undecodable(event);
    yield { ...batch, events: readable, undecodable };
  }
}
