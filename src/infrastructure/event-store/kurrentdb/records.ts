import { randomUUID } from 'node:crypto';
import type { AppendRecordInput, RecordedEvent } from '@kurrent/kurrentdb-client';
import type { RawEvent } from '../../../application/ports/raw-log.js';
import type { EventId, Position, StreamId } from '../../../domain/kernel/ids.js';
import type { PreparedEvent } from '../prepared-append.js';

/** A type of events that this store appends for itself; no reader is given them. */
const MARKER_TYPE = 'AppendMarker';

/** The types of all events but those of the server and of this store. */
export const EVENTS_REGEX = `^(?!\\$|${MARKER_TYPE}$)`;

/**
 * The properties of a record: the protocol takes flat strings alone, and shows them as JSON made anew. So the bytes of the
 * metadata are one string in it, which comes back letter by letter.
 */
type Properties = { readonly eventId: string; readonly schemaVersion: string; readonly metadata: string };

const NO_BYTES = Buffer.from('{}');

/** Makes a record of bytes: as JSON the client would parse and write them anew. */
const binaryRecord = (
  streamName: string,
  type: string,
  data: Buffer,
  metadata: Readonly<Record<string, string>> = {},
): AppendRecordInput => ({
  streamName,
  // The server would compare ids by rules of its own: each record has a new one, and the event's id is a property.
  record: { id: randomUUID(), contentType: 'application/octet-stream', type, data, metadata },
});

/** Makes a record of stored bytes. */
export const rawRecordOf = (event: Omit<RawEvent, 'position' | 'revision'>): AppendRecordInput => {
  const properties: Properties = {
    eventId: event.eventId,
    schemaVersion: String(event.schemaVersion),
    metadata: event.metadata.toString(),
  };
  return binaryRecord(event.streamId, event.type, event.data, properties);
};

/** Makes a record of an event. */
export const recordOf = (streamId: StreamId, { event, encoded }: PreparedEvent): AppendRecordInput =>
  rawRecordOf({ streamId, eventId: event.eventId, type: event.type, ...encoded });

/** The content of a marker: the call that appended it, and how many events follow on it. A fence has none, and stands alone. */
export interface Marker {
  readonly call: string;
  readonly events: number;
}

/** The stream of the marker of a batch that begins with this event. */
export const markerStreamOf = (first: EventId): string => `append-${first}`;

/** Makes the record that a batch begins with. */
export const markerRecord = (markerStream: string, marker: Marker): AppendRecordInput =>
  binaryRecord(markerStream, MARKER_TYPE, Buffer.from(JSON.stringify(marker)));

const bytesOf = (data: unknown): Buffer =>
  data instanceof Uint8Array
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(JSON.stringify(data));

/** Makes an event of a record. One that others have appended lacks the properties, and is an event of version 0. */
export const eventOf = (record: RecordedEvent): RawEvent => {
  const { eventId = record.id, schemaVersion = '0', metadata } = (record.metadata ?? {}) as Partial<Properties>;
  return {
    position: String(record.position?.commit ?? 0n) as Position,
    streamId: record.streamId as StreamId,
    revision: Number(record.revision),
    eventId: eventId as EventId,
    type: record.type,
    schemaVersion: Number(schemaVersion),
    data: bytesOf(record.data),
    metadata: typeof metadata === 'string' ? Buffer.from(metadata) : NO_BYTES,
  };
};
