import type pg from 'pg';
import type { Position } from '../../domain/kernel/ids.js';
import { countBetween, positionBehind } from '../event-store/dense-positions.js';
import { REGISTER_EVENT_TYPES } from '../event-store/postgres/append-group.sql.js';
import { rawRows } from '../event-store/postgres/event-rows.js';
import { LogReader } from '../event-store/postgres/log-reader.js';
import { inTransaction } from '../postgres/transaction.js';
import { firstOf } from './first-of.js';
import { otherWriter, type MovedLog, type UnplacedEvent } from './moved-log.js';

/** So many events are read at a time: few enough to hold large ones. */
const PAGE = 500;

/** The lock under which `log.append_group` takes positions. */
const LOCK = 'select pg_advisory_xact_lock(7226427)';
const HEAD = 'select coalesce(max(position), 0)::text as head from log.events';
const FIND = 'select position from log.events where stream_id = $1 and revision = $2';
const INSERT = `
  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  select $1::bigint + e.ordinal, e.stream_id, e.revision, e.event_id, e.type, e.schema_version, e.data, e.metadata
    from unnest($2::text[], $3::integer[], $4::uuid[], $5::text[], $6::smallint[], $7::bytea[], $8::bytea[]) with ordinality
         as e (stream_id, revision, event_id, type, schema_version, data, metadata, ordinal)`;

const columnsOf = (events: readonly UnplacedEvent[]): unknown[][] =>
  (['streamId', 'revision', 'eventId', 'type', 'schemaVersion', 'data', 'metadata'] as const).map((name) =>
    events.map((event) => event[name]),
  );

const typesOf = (events: readonly UnplacedEvent[]): unknown[][] => [
  events.map(({ type }) => type),
  events.map(({ schemaVersion }) => schemaVersion),
];

/** The log in a database, for a copy. It takes the lock of those who append, so that none comes between. */
export const postgresLog = (pool: pg.Pool, place: string): MovedLog => {
  const reader = new LogReader(pool, rawRows, PAGE);
  return {
    place,
    head: () => reader.head(),
    read: (after, upTo) => reader.all({ after, upTo }),
    lastUpTo: (position) => firstOf(reader.all({ upTo: position, direction: 'backwards', limit: 1 })),
    findPosition: async (streamId, revision) =>
      (await pool.query<{ position: Position }>(FIND, [streamId, revision])).rows[0]?.position,
    positionBehind,
    countBetween: async (after, upTo) => countBetween(after, upTo),
    append: async (batches, head) => {
      const events = batches.flat();
      const client = await pool.connect();
      try {
        await inTransaction(client, async () => {
          await client.query(LOCK);
          const { rows } = await client.query<{ head: Position }>(HEAD);
          if (rows[0]?.head !== head) throw otherWriter(place);
          await client.query(REGISTER_EVENT_TYPES, typesOf(events));
          await client.query(INSERT, [head, ...columnsOf(events)]);
        });
        client.release();
      } catch (error) {
        client.release(true);
        throw error;
      }
      return events.map((_, index) => positionBehind(head, index + 1));
    },
    close: async () => undefined, // whoever has opened the pool closes it
  };
};
