import type { EncodedEvent, EventCodec } from '../../application/ports/event-codec.js';
import type { AppendBatch, NewEvent, StreamCondition } from '../../application/ports/event-store.js';

/** An event with its bytes. */
export interface PreparedEvent {
  readonly event: NewEvent;
  readonly encoded: EncodedEvent;
}

/** One stream that a batch writes to, or, without events, only checks. */
export interface PreparedTouch extends StreamCondition {
  readonly events: readonly PreparedEvent[];
}

/** Encodes a batch, so that events that do not fit their schema are refused before they wait. */
export const prepareTouches = async (batch: AppendBatch, codec: EventCodec): Promise<PreparedTouch[]> => {
  const encoded = await codec.encode(batch.streams);
  let next = 0;
  const touches: PreparedTouch[] = batch.streams.map(({ streamId, expected, events }) => {
    if (events.length === 0) throw new TypeError(`an append to ${streamId} needs at least one event`);
    return { streamId, expected, events: events.map((event) => ({ event, encoded: encoded[next++] as EncodedEvent })) };
  });
  if (touches.length === 0) throw new TypeError('an append needs at least one stream');
  for (const { streamId, expected } of batch.conditions ?? []) touches.push({ streamId, expected, events: [] });
  if (new Set(touches.map(({ streamId }) => streamId)).size !== touches.length)
    throw new TypeError('a stream stands twice in one append');
  return touches;
};
