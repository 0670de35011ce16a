import type { EventCodec } from '../../../application/ports/event-codec.js';
import type { EventHeader, RecordedEvent } from '../../../application/ports/event-store.js';
import type { RawEvent } from '../../../application/ports/raw-log.js';
import type { EventId, Position, StreamId } from '../../../domain/kernel/ids.js';
import { decodeEntries, requireDecoded, type LogEntry } from '../log-entry.js';

/** A row of the table: the header's columns, then the content and its metadata. */
export type EventRow<Content> = [Position, StreamId, number, EventId, string, number, Content, Content];

/** The way in which rows are queried, and what is made of them. */
export interface RowFormat<Entry extends EventHeader, Event extends EventHeader, Content = never> {
  /** A part of the names of its prepared statements. */
  readonly name: string;
  /** The columns of the content and of its metadata. */
  readonly content: string;
  readonly entriesOf: (rows: readonly EventRow<Content>[]) => Promise<Entry[]>;
  /** Makes of the entries what a reader gets. */
  readonly eventsOf: (entries: readonly Entry[]) => Iterable<Event>;
}

const headersOf = (rows: readonly EventRow<unknown>[]): EventHeader[] =>
  rows.map(([position, streamId, revision, eventId, type, schemaVersion]) => ({
    position,
    streamId,
    revision,
    eventId,
    type,
    schemaVersion,
  }));

/** Events, decoded. */
export const decodedRows = (codec: EventCodec): RowFormat<LogEntry, RecordedEvent, string> => ({
  name: 'decoded',
  // The stored bytes are JSON in UTF-8. As text they need no detour by hexadecimal.
  content: `convert_from(data, 'UTF8'), convert_from(metadata, 'UTF8')`,
  entriesOf: (rows) =>
    decodeEntries(
      codec,
      headersOf(rows),
      rows.map(([, streamId, , eventId, type, schemaVersion, data, metadata]) => ({
        streamId,
        eventId,
        type,
        schemaVersion,
        data,
        metadata,
      })),
    ),
  eventsOf: requireDecoded,
});

/** Events as they are stored. */
export const rawRows: RowFormat<RawEvent, RawEvent, Buffer> = {
  name: 'raw',
  content: 'data, metadata',
  // Each event is made at once: to complete its header afterwards took a tenth of the time of verifying a log.
  entriesOf: async (rows) =>
    rows.map(([position, streamId, revision, eventId, type, schemaVersion, data, metadata]) => ({
      position,
      streamId,
      revision,
      eventId,
      type,
      schemaVersion,
      data,
      metadata,
    })),
  eventsOf: (entries) => entries,
};
