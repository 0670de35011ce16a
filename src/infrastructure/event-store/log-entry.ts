import {
  InvalidEventError,
  UnknownEventError,
  type DecodedEvent,
  type EventCodec,
  type StoredEvent,
} from '../../application/ports/event-codec.js';
import {
  UndecodableEventError,
  type EventHeader,
  type RecordedEvent,
  type UndecodableEvent,
} from '../../application/ports/event-store.js';

/** An event as a store finds it in the log. */
export type LogEntry = RecordedEvent | UndecodableEvent;

type Decoded = DecodedEvent | { readonly reason: string };

const reasonOf = (error: unknown): string => {
  if (!(error instanceof InvalidEventError || error instanceof UnknownEventError)) throw error;
  return error.message;
};

/** Decodes all at once as a rule, and one by one where one of them cannot be decoded, so that the others still are. */
const decodeEach = async (codec: EventCodec, stored: readonly StoredEvent[]): Promise<readonly Decoded[]> => {
  try {
    return await codec.decode(stored);
  } catch (error) {
    const reason = reasonOf(error);
    if (stored.length === 1) return [{ reason }];
    const each: Decoded[] = [];
    for (const one of stored) each.push(...(await decodeEach(codec, [one])));
    return each;
  }
};

/** Completes the headers with what was stored under them. It raises only failures that are not due to an event's content. */
export const decodeEntries = async (
  codec: EventCodec,
  headers: readonly EventHeader[],
  stored: readonly StoredEvent[],
): Promise<LogEntry[]> => {
  const decoded = await decodeEach(codec, stored);
  // The codec answers data of the type that it is asked for.
  return headers.map((header, index) => Object.assign(header, decoded[index]) as LogEntry);
};

const isUndecodable = (entry: LogEntry): entry is UndecodableEvent => 'reason' in entry;

/** Passes the events on. Raises `UndecodableEventError`. */
export function* requireDecoded(entries: readonly LogEntry[]): Generator<RecordedEvent> {
  for (const entry of entries) {
    if (isUndecodable(entry)) throw new UndecodableEventError(entry);
    yield entry;
  }
}

/** Separates the events from those that cannot be decoded. */
export const parted = (
  entries: readonly LogEntry[],
): { readonly events: readonly RecordedEvent[]; readonly undecodable: readonly UndecodableEvent[] } => ({
  events: entries.filter((entry): entry is RecordedEvent => !isUndecodable(entry)),
  undecodable: entries.filter(isUndecodable),
});
