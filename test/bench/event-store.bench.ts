import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { EventStore, NewEvent } from '../../src/application/ports/event-store.js';
import type { CommandId, EventId, Instant, StreamId, UserId } from '../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { PostgresUserKeys } from '../../src/infrastructure/security/user-keys.js';
import { testMasterKeys } from '../support/master-keys.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';
import { testDatabase } from '../support/postgres.js';
import { percentile, type Report, type Row } from './report.js';

const ROUNDS = 3;
const SECONDS = 1;
const HOT = 'message-hot' as StreamId;
const NOW = '2026-01-01T00:00:00.000Z' as Instant;
const TEXT = 'x'.repeat(120);

/** The figures of EventStoreDB 24.6 through its official client on such a machine: medians of six runs. */
const EVENTSTOREDB: Readonly<Record<number, string>> = {
  1: 'EventStoreDB 1,000',
  32: '',
  64: 'EventStoreDB 5,400',
  256: 'EventStoreDB 8,400',
};

/** This many users talk; each has a key that seals their texts. */
const SENDERS = Array.from({ length: 1_000 }, () => randomUUID());
let sent = 0;

const newEvent = (): NewEvent => {
  const id = randomUUID();
  const senderId = SENDERS[(sent += 1) % SENDERS.length] as UserId;
  const commandId = id as CommandId;
  const data = { messageId: id, conversationId: id, senderId, text: TEXT, replyTo: null, sentAt: NOW };
  const metadata = {
    commandId,
    correlationId: id,
    causationId: id,
    actorId: senderId,
    sessionId: null,
    recordedAt: NOW,
  };
  return { eventId: id as EventId, type: 'MessageSent', data, metadata };
};

const BARE_TABLE = 'create schema bench; create table bench.events (like log.events including all)';
const BARE_INSERT = {
  name: 'bench.insert',
  text: `insert into bench.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
         select $1 + e.ordinal, e.stream, e.revision, e.id, 'MessageSent', 1, e.data, e.metadata
           from unnest($2::text[], $3::integer[], $4::uuid[], $5::bytea[], $6::bytea[]) with ordinality
                as e (stream, revision, id, data, metadata, ordinal)`,
};

let barePosition = 0;

/** Makes one commit after another, each of this many rows: this is the speed of the database when it only inserts. */
const bareInserts = async (client: pg.Client, size: number, hot: boolean): Promise<number> => {
  const startedAt = performance.now();
  const from = barePosition;
  while (performance.now() - startedAt < SECONDS * 1_000) {
    const events = Array.from({ length: size }, newEvent);
    await client.query({
      ...BARE_INSERT,
      values: [
        barePosition,
        events.map(({ eventId }) => (hot ? HOT : `message-${eventId}`)),
        events.map((_, n) => (hot ? barePosition + n : 0)),
        events.map(({ eventId }) => eventId),
        events.map(({ data }) => Buffer.from(JSON.stringify(data))),
        events.map(({ metadata }) => Buffer.from(JSON.stringify(metadata))),
      ],
    });
    barePosition += size;
  }
  return ((barePosition - from) / (performance.now() - startedAt)) * 1_000;
};

/** Appends with this many callers, each of which has one append under way. */
const appends = async (store: EventStore, callers: number, hot: boolean): Promise<number> => {
  const startedAt = performance.now();
  let count = 0;
  const call = async () => {
    while (performance.now() - startedAt < SECONDS * 1_000) {
      const event = newEvent();
      const streamId = hot ? HOT : (`message-${event.eventId}` as StreamId);
      await store.append({ streams: [{ streamId, expected: hot ? 'any' : 'no stream', events: [event] }] });
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return (count / (performance.now() - startedAt)) * 1_000;
};

const median = (values: readonly number[]): number => percentile(Float64Array.from(values).sort(), 0.5);

const drain = async (store: EventStore): Promise<{ readAll: number; catchUp: number }> => {
  let startedAt = performance.now();
  let count = 0;
  for await (const { position } of store.readAll()) count += position === '' ? 0 : 1;
  const readAll = (count / (performance.now() - startedAt)) * 1_000;
  startedAt = performance.now();
  const ending = new AbortController();
  let caughtUp = 0;
  for await (const batch of store.subscribe({ signal: ending.signal })) {
    caughtUp += batch.events.length;
    if (batch.caughtUp) ending.abort();
  }
  return { readAll, catchUp: (caughtUp / (performance.now() - startedAt)) * 1_000 };
};

/**
 * Answers the milliseconds from an acknowledgement to the subscriber, with one append at a time; negative when the
 * subscriber was first.
 */
const handOver = async (store: EventStore): Promise<number> => {
  const ending = new AbortController();
  const seen = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  const follow = async () => {
    const after = await store.head();
    for await (const { events } of store.subscribe({ after, signal: ending.signal }))
      for (const { position } of events) seen.set(position, performance.now());
  };
  const following = follow();
  await sleep(200);
  for (let n = 0; n < 300; n += 1) {
    const event = newEvent();
    const streamId = `message-${event.eventId}` as StreamId;
    const { position } = await store.append({ streams: [{ streamId, expected: 'no stream', events: [event] }] });
    acknowledged.set(position, performance.now());
  }
  await sleep(200);
  ending.abort();
  await following;
  return median([...acknowledged].map(([position, at]) => (seen.get(position) ?? Number.POSITIVE_INFINITY) - at));
};

/** Measures the port and the bare statement in turns, so that both run under the same conditions. */
const compare = async (
  { client, store }: { readonly client: pg.Client; readonly store: EventStore },
  callers: number,
  hot: boolean,
): Promise<Row[]> => {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await bareInserts(client, callers, hot));
    ours.push(await appends(store, callers, hot));
  }
  const name = `${callers} callers, ${hot ? 'one hot stream' : 'distinct streams'}`;
  const target = [callers >= 32 ? 'at least 70 %' : '', EVENTSTOREDB[callers]].filter(Boolean).join('; ');
  return [
    { metric: `${name}: bare SQL`, value: median(bare), unit: 'events/s' },
    {
      metric: `${name}: through the port`,
      value: median(ours),
      unit: 'events/s',
      ratio: median(ours) / median(bare),
      target,
    },
  ];
};

/** Measures appends through the port against the bare SQL of the same group size, in turns. */
export const run = async (): Promise<Report> => {
  const { pool, url, drop } = await testDatabase();
  await pool.query(BARE_TABLE);
  const tell = (fields: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  const log = { warn: tell, error: tell };
  const store = await createPostgresEventStore({
    pool,
    codec: createEventCodec(chatEvents, new PostgresUserKeys(pool, await testMasterKeys())),
    log,
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows: Row[] = [];
    for (const hot of [false, true])
      for (const callers of [1, 32, 64, 256]) rows.push(...(await compare({ client, store }, callers, hot)));
    const { readAll, catchUp } = await drain(store);
    rows.push({ metric: 'readAll', value: readAll, unit: 'events/s', target: 'EventStoreDB 83,000' });
    rows.push({
      metric: 'catch-up of a subscription',
      value: catchUp,
      unit: 'events/s',
      target: 'EventStoreDB 64,000',
    });
    rows.push({
      metric: 'acknowledgement to subscriber',
      value: await handOver(store),
      unit: 'ms',
      target: 'EventStoreDB 0.13',
    });
    return { name: '(a) Appends to the log', rows };
  } finally {
    await client.end();
    await store.close();
    await drop();
  }
};
