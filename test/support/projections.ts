import type pg from 'pg';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import type { ProjectionGenerations } from '../../src/application/ports/projection-generations.js';
import type { ProjectionStore } from '../../src/application/ports/projection-store.js';
import { messagesProjection, type MessagesWriters } from '../../src/application/projections/registry.js';
import type { ChatEvents } from '../../src/domain/event-catalogue.js';
import type { FactOf } from '../../src/domain/kernel/fact.js';
import type { EventId, Position, StreamId } from '../../src/domain/kernel/ids.js';
import { prepareGeneration } from '../../src/infrastructure/projections/postgres/generations.js';
import { PostgresProjectionStore } from '../../src/infrastructure/projections/postgres/postgres-projection-store.js';
import { createPostgresGenerations } from '../../src/infrastructure/projections/postgres/postgres-generations.js';
import { messagesReadModel } from '../../src/infrastructure/read-models/postgres/messages-read-model.js';
import type { TestDatabase } from './postgres.js';

export type Fact = { readonly type: string; readonly data: object };

/** Makes recorded events of facts, each in the stream of its own id. */
export const recorded = (facts: readonly Fact[], after = 0): RecordedEvent[] =>
  facts.map((fact, n) => ({
    ...(fact as FactOf<ChatEvents>),
    position: String(after + n + 1) as Position,
    streamId: `test-${Object.values(fact.data)[0] as string}` as StreamId,
    revision: 0,
    eventId: `01900000-0063-7000-8000-${(after + n + 1).toString(16).padStart(12, '0')}` as EventId,
    schemaVersion: 1,
    metadata: {} as RecordedEvent['metadata'],
  }));

/** Answers the generations of the `messages` projection of a database. */
export const messagesGenerations = ({ pool }: Pick<TestDatabase, 'pool'>): ProjectionGenerations =>
  createPostgresGenerations({ pool, projection: messagesProjection, readModel: messagesReadModel });

/** Opens the `messages` projection of a database with its lease, as a program with this version of it does. */
export const openMessages = async (
  { pool }: Pick<TestDatabase, 'pool'>,
  version: number = messagesProjection.version,
): Promise<PostgresProjectionStore<MessagesWriters>> => {
  const projection = { ...messagesProjection, version };
  const client = await pool.connect();
  await prepareGeneration(client, projection, messagesReadModel).finally(() => client.release());
  return new PostgresProjectionStore({
    config: pool.options,
    projection,
    readModel: messagesReadModel,
    schema: projection.name,
  });
};

/** Cuts events into batches of the given sizes, which are repeated. */
const batchesOf = (events: readonly RecordedEvent[], sizes: readonly number[]): readonly RecordedEvent[][] => {
  const batches: RecordedEvent[][] = [];
  for (let at = 0; at < events.length; at += batches.at(-1)?.length ?? 1)
    batches.push(events.slice(at, at + (sizes[batches.length % sizes.length] ?? 1)));
  return batches;
};

/** Has events computed that come behind a position, once what is before is being written. */
const computeAhead = async (store: ProjectionStore, from: Position, events: readonly RecordedEvent[]) => {
  await new Promise((resolve) => setImmediate(resolve));
  store.computeAhead?.({ events, from });
};

/** Applies events in batches of the given sizes, which are repeated; each is computed ahead where that is asked for. */
export const feed = async (
  store: ProjectionStore,
  events: readonly RecordedEvent[],
  sizes: readonly number[],
  isAhead = false,
): Promise<void> => {
  const start = await store.acquire();
  let from = start?.position ?? ('0' as Position);
  const batches = batchesOf(events, sizes);
  for (const [index, batch] of batches.entries()) {
    const { position: to } = batch.at(-1) as RecordedEvent;
    const applied = store.apply({ events: batch, parked: [], from, to });
    await Promise.all([applied, isAhead && computeAhead(store, to, batches[index + 1] ?? [])]);
    from = to;
  }
};

const TABLES = `select table_name from information_schema.tables where table_schema = $1 order by table_name`;

/** Answers every row of every table of a schema in a stable order. */
export const dump = async (pool: pg.Pool, schema: string): Promise<Record<string, unknown[]>> => {
  const { rows: tables } = await pool.query<{ table_name: string }>(TABLES, [schema]);
  const dumped: Record<string, unknown[]> = {};
  for (const { table_name } of tables) {
    const { rows } = await pool.query<{ row: string }>(
      `select t::text as row from ${schema}.${table_name} t order by 1`,
    );
    dumped[table_name] = rows.map(({ row }) => row);
  }
  return dumped;
};
