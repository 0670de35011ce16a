import type pg from 'pg';
import type { EventCodec } from '../../../application/ports/event-codec.js';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { EventId, Position, StreamId } from '../../../domain/kernel/ids.js';

/** Columns as the driver hands them over in binary form: bytes stay bytes, and nothing is turned into hexadecimal. */
type EventRow = [string, string, number, string, string, number, Buffer, Buffer];

export const EVENT_COLUMNS =
  'position::text, stream_id, revision, event_id::text, type, schema_version, data, metadata';

const TEXT = 25;
const INT4 = 23;
const INT2 = 21;

const parsers: Record<number, (value: Buffer) => unknown> = {
  [TEXT]: (value) => value.toString('utf8'),
  [INT4]: (value) => value.readInt32BE(0),
  [INT2]: (value) => value.readInt16BE(0),
};
const asBytes = (value: Buffer): Buffer => value;

const binaryTypes = { getTypeParser: (oid: number) => parsers[oid] ?? asBytes } as unknown as pg.CustomTypesConfig;

/** Runs a query for `EVENT_COLUMNS` and decodes its rows. */
export const queryEvents = async (
  pool: pg.Pool,
  codec: EventCodec,
  query: { readonly name: string; readonly text: string; readonly values: readonly unknown[] },
): Promise<RecordedEvent[]> => {
  const config = { ...query, values: [...query.values], rowMode: 'array' as const, binary: true, types: binaryTypes };
  const { rows } = await pool.query<EventRow>(config);
  return rows.map(([position, streamId, revision, eventId, type, schemaVersion, data, metadata]) => ({
    position: position as Position,
    streamId: streamId as StreamId,
    revision,
    eventId: eventId as EventId,
    type,
    schemaVersion,
    ...codec.decode(type, schemaVersion, data, metadata),
  }));
};
