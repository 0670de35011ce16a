import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { LeaseLostError, type ParkedEvent, type ProjectionStore } from '../../application/ports/projection-store.js';
import { project, type Projection } from '../../application/projections/projector.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { isTransient } from '../postgres/sql-state.js';
import { inTransaction } from '../postgres/transaction.js';
import * as sql from './checkpoint.sql.js';
import type { ReadModel } from './read-model.js';

const RENEW_EVERY_MS = (sql.LEASE_SECONDS * 1_000) / 4;

export interface ProjectionStoreParts<Writers> {
  readonly config: pg.ClientConfig;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  /** The schema its tables are in, and its name among the checkpoints; the projection's own name unless it is a rebuild. */
  readonly schema: string;
}

/** A projection in PostgreSQL: read models and checkpoint in one transaction, on a connection of its own. */
export class PostgresProjectionStore<Writers> implements ProjectionStore {
  readonly #parts: ProjectionStoreParts<Writers>;
  readonly #holder = randomUUID();
  readonly #model: ReturnType<ReadModel<Writers>['open']>;
  #client: pg.Client | undefined;
  #epoch = '0';
  #renewedAt = 0;

  constructor(parts: ProjectionStoreParts<Writers>) {
    this.#parts = parts;
    this.#model = parts.readModel.open();
  }

  async acquire(): Promise<{ position: Position; parked: ReadonlySet<StreamId> } | undefined> {
    const client = await this.#connect();
    const { schema } = this.#parts;
    const lease = await client.query<{ position: Position; epoch: string }>(sql.TAKE_LEASE, [schema, this.#holder]);
    const taken = lease.rows[0];
    if (!taken) return undefined;
    this.#epoch = taken.epoch;
    const parked = await client.query<{ stream_id: StreamId }>(sql.PARKED_STREAMS, [schema]);
    return { position: taken.position, parked: new Set(parked.rows.map(({ stream_id }) => stream_id)) };
  }

  /** Takes the lease from whoever holds it. */
  async seize(): Promise<{ position: Position }> {
    const client = await this.#connect();
    const { schema } = this.#parts;
    const { rows } = await client.query<{ position: Position; epoch: string }>(sql.SEIZE_LEASE, [schema, this.#holder]);
    const [taken] = rows;
    if (!taken) throw new Error(`projection ${schema} has no tables yet`);
    this.#epoch = taken.epoch;
    return { position: taken.position };
  }

  async apply({ events, parked, from, to }: Parameters<ProjectionStore['apply']>[0]): Promise<void> {
    const { projection } = this.#parts;
    let committed = false;
    try {
      for (const event of events) project(projection, this.#model.writers, event);
      const client = await this.#connect();
      await inTransaction(client, () => this.#write(client, parked, from, to));
      committed = true;
      this.#renewedAt = performance.now();
    } finally {
      for (const batch of this.#model.batch) batch.settle(committed);
    }
  }

  async #write(client: pg.Client, parked: readonly ParkedEvent[], from: Position, to: Position): Promise<void> {
    const { schema } = this.#parts;
    // First, so that one who lost the lease waits for nothing and writes nothing.
    const moved = await client.query({ ...sql.MOVE_CHECKPOINT, values: [schema, this.#epoch, from, to] });
    if (moved.rowCount === 0) throw new LeaseLostError(`another node has taken over projection ${schema}`);
    for (const batch of this.#model.batch) await batch.flush(client);
    for (const { event, reason } of parked)
      await client.query(sql.PARK, [schema, event.position, event.streamId, event.eventId, event.type, reason]);
  }

  async renew(): Promise<void> {
    if (performance.now() - this.#renewedAt < RENEW_EVERY_MS) return;
    const client = await this.#connect();
    const { rowCount } = await client.query(sql.RENEW_LEASE, [this.#parts.schema, this.#epoch]);
    if (rowCount === 0) throw new LeaseLostError(`another node has taken over projection ${this.#parts.schema}`);
    this.#renewedAt = performance.now();
  }

  async release(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    await client.query(sql.RELEASE_LEASE, [this.#parts.schema, this.#epoch]);
    await client.end();
  }

  isTransient(error: unknown): boolean {
    return isTransient(error);
  }

  async #connect(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const { config, schema } = this.#parts;
    // The checkpoint is in the same transaction: should a crash lose the last of them, both go back together.
    const options = `-c timezone=UTC -c search_path=${schema} -c synchronous_commit=off -c statement_timeout=60000`;
    const client = new pg.Client({ ...config, options, application_name: `chatapp projection ${schema}` });
    const forget = () => {
      if (this.#client === client) this.#client = undefined;
    };
    client.on('error', forget); // what runs on it is rejected by the driver, and tried again by the runner
    client.on('end', forget);
    await client.connect();
    this.#client = client;
    return client;
  }
}
