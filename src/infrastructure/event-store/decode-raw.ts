import type { EventCodec, StoredEvent } from '../../application/ports/event-codec.js';
import type { EventHeader } from '../../application/ports/event-store.js';
import type { RawEvent } from '../../application/ports/raw-log.js';
import { decodeEntries, type LogEntry } from './log-entry.js';

/** Answers what is known of an event beside its content. */
const headerOf = ({ data: _, metadata: __, ...header }: RawEvent): EventHeader => header;

/** Answers an event as the codec reads it. */
const storedOf = (event: RawEvent): StoredEvent => ({
  ...event,
  data: event.data.toString(),
  metadata: event.metadata.toString(),
});

/** Decodes stored events, each for itself where one of them cannot be decoded. */
export const decodeRaw = (codec: EventCodec, events: readonly RawEvent[]): Promise<LogEntry[]> =>
  decodeEntries(codec, events.map(headerOf), events.map(storedOf));
