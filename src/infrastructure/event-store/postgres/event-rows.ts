import type pg from 'pg';
import type { EventCodec } from '../../../application/ports/event-codec.js';
import type { EventId, Position, StreamId } from '../../../domain/kernel/ids.js';
import { decodeEntries, type LogEntry } from '../log-entry.js';

type EventRow = [Position, StreamId, number, EventId, string, number, string, string];

/** The stored bytes are JSON in UTF-8: as text they come without a detour by hexadecimal. */
export const EVENT_COLUMNS = `position, stream_id, revision, event_id, type, schema_version,
  convert_from(data, 'UTF8'), convert_from(metadata, 'UTF8')`;

/** Runs a query for `EVENT_COLUMNS` and decodes its rows. */
export const queryEvents = async (
  pool: pg.Pool,
  codec: EventCodec,
  query: { readonly name: string; readonly text: string; readonly values: readonly unknown[] },
): Promise<LogEntry[]> => {
  const { rows } = await pool.query<EventRow>({ ...query, values: [...query.values], rowMode: 'array' });
  return decodeEntries(
    codec,
    rows.map(([position, streamId, revision, eventId, type, schemaVersion]) => ({
      position,
      streamId,
      revision,
      eventId,
      type,
      schemaVersion,
    })),
    rows.map(([, streamId, , eventId, type, schemaVersion, data, metadata]) => ({
      streamId,
      eventId,
      type,
      schemaVersion,
      data,
      metadata,
    })),
  );
};
