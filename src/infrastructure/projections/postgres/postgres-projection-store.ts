import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { LeaseLostError, type ParkedEvent, type RedrivableStore } from '../../../application/ports/projection-store.js';
import type { Projection } from '../../../application/projections/projector.js';
import { ERASURES } from '../../../application/reactors/erasures.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { OWNER_SETTING, ownerOf } from '../../postgres/owner-of.js';
import { destroy, openSession, untimed } from '../../postgres/session.js';
import { isTransient } from '../../postgres/sql-state.js';
import { errorCode } from '../../error-code.js';
import { inOneTrip, ONE_TRIP_SETTINGS, type Statement } from '../../postgres/one-trip.js';
import { LEASE_LOST } from '../../postgres/refusals.js';
import { BatchComputer } from './batch-computer.js';
import * as sql from './checkpoint.sql.js';
import { requireGeneration } from './generations.js';
import type { Ask, ReadModel } from './read-model.js';

const RENEW_EVERY_MS = (sql.LEASE_SECONDS * 1_000) / 4;

/** The checkpoint is in the same transaction: should a crash lose the last of them, both go back together. */
const SETTINGS = {
  ...ONE_TRIP_SETTINGS,
  timezone: 'UTC',
  synchronous_commit: 'off',
  // A holder that went silent within a transaction keeps the row of its lease locked: nobody could take it over.
  idle_in_transaction_session_timeout: String(sql.LEASE_SECONDS * 1_000),
};
const STATEMENT_MS = 60_000;
const ANSWER_WITHIN_MS = 65_000;

/** It makes the commit outlive a crash of PostgreSQL, unlike those of batches. */
const DURABLY: Statement = { text: 'set local synchronous_commit = on' };

/**
 * PostgreSQL keeps the plan of a statement until its tables are analyzed: one that was made for empty tables reads all of a
 * table that has grown since. So plans are made anew behind the tenth batch of a connection, the hundredth, and so on: for
 * tables of that size.
 */
const REPLAN: Statement = { text: 'discard plans' };
const FIRST_REPLAN = 10;
const MOST_BATCHES_A_PLAN = 10_000;

const explainMove = (error: unknown): unknown =>
  errorCode(error) === LEASE_LOST ? new LeaseLostError((error as Error).message, { cause: error }) : error;

const askOf =
  (client: pg.Client): Ask =>
  async <Row extends object>(question: pg.QueryConfig) =>
    (await client.query<Row>(question)).rows;

export interface ProjectionStoreParts<Writers> {
  readonly config: pg.ClientConfig;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
  /** The schema its tables are in, and its name among the checkpoints; the projection's own name unless it is a rebuild. */
  readonly schema: string;
  /**
   * The time after which a statement without an answer is given up; by default later than the server would give it up.
   */
  readonly answerWithinMs?: number;
  /** The time after which PostgreSQL gives a statement up. */
  readonly statementMs?: number;
}

/** A projection in PostgreSQL: read models and checkpoint in one transaction, on a connection of its own. */
export class PostgresProjectionStore<Writers> implements RedrivableStore {
  readonly #parts: ProjectionStoreParts<Writers>;
  readonly #holder = randomUUID();
  readonly #computer: BatchComputer<Writers>;
  #client: pg.Client | undefined;
  /** The name of the connection's session; null where it may not be known. */
  #session: string | null = null;
  #epoch = '0';
  /** The checkpoint as it was left. */
  #position: Position = LOG_START;
  #renewedAt = Number.NEGATIVE_INFINITY;
  /** Counts the batches on this connection. */
  #batches = 0;
  #nextReplan = FIRST_REPLAN;

  constructor(parts: ProjectionStoreParts<Writers>) {
    this.#parts = parts;
    this.#computer = new BatchComputer(parts.projection, parts.readModel);
  }

  async acquire(): Promise<{ position: Position; parked: ReadonlySet<StreamId> } | undefined> {
    const client = await this.#connect();
    const { schema, projection } = this.#parts;
    const position = await this.#take(client, sql.TAKE_LEASE);
    if (position === undefined) {
      await requireGeneration(client, schema, projection.version);
      return undefined;
    }
    // The stop is read after the lease was taken: the node that stopped the projection held it then.
    const stopped = await client.query(sql.IS_STOPPED, [schema]);
    if (stopped.rowCount !== 0) return undefined;
    const parked = await client.query<{ stream_id: StreamId }>(sql.PARKED_STREAMS, [schema]);
    return { position, parked: new Set(parked.rows.map(({ stream_id }) => stream_id)) };
  }

  async seize(): Promise<void> {
    const position = await this.#take(await this.#connect(), sql.SEIZE_LEASE);
    if (position === undefined) throw new Error(`there are no tables for ${this.#name} yet`);
  }

  /**
   * Takes the lease durably, unlike the batches that follow: after a crash of PostgreSQL the epoch would be given out
   * again.
   */
  async #take(client: pg.Client, statement: string): Promise<Position | undefined> {
    const { schema, projection } = this.#parts;
    const values = [schema, projection.version, this.#holder, this.#session];
    const [, answer] = await inOneTrip(client, [DURABLY, { text: statement, values }]);
    const [taken] = answer?.rows as { position: Position; epoch: string }[];
    if (!taken) return undefined;
    this.#epoch = taken.epoch;
    this.#position = taken.position;
    await this.#computer.forget();
    return taken.position;
  }

  async apply({ events, parked, from, to }: Parameters<RedrivableStore['apply']>[0]): Promise<void> {
    await this.#project(
      events,
      from,
      to,
      parked.map((each) => this.#parking(each)),
    );
  }

  computeAhead(batch: Parameters<NonNullable<RedrivableStore['computeAhead']>>[0]): void {
    void this.#computeAhead(batch);
  }

  /** What the rows depend on is asked for on the same connection, and so answered behind the batch that is being written. */
  async #computeAhead({ events, from }: { readonly events: readonly RecordedEvent[]; readonly from: Position }) {
    await nextTurn(); // The batch before has been sent by then.
    if (this.#client) await this.#computer.computeAhead(events, from, askOf(this.#client));
  }

  #parking({ event, reason }: ParkedEvent): Statement {
    const { position, streamId, eventId, type } = event;
    return { text: sql.PARK, values: [this.#parts.schema, position, streamId, eventId, type, reason] };
  }

  async applyParked(event: RecordedEvent): Promise<void> {
    const unpark = { text: sql.UNPARK, values: [this.#parts.schema, event.position] };
    await this.#project([event], this.#position, this.#position, [unpark]);
  }

  async keepParked(position: Position, reason: string): Promise<void> {
    const sayWhy = { text: sql.SAY_WHY_PARKED, values: [this.#parts.schema, position, reason] };
    await this.#project([], this.#position, this.#position, [sayWhy]);
  }

  /** Applies events, moves the checkpoint and writes something more, in one transaction. */
  async #project(
    events: readonly RecordedEvent[],
    from: Position,
    to: Position,
    more: readonly Statement[],
  ): Promise<void> {
    const client = await this.#connect(); // which tells the session that the lease is to name
    const write = () =>
      this.#computer.write({ events, to }, askOf(client), async (statements) => {
        // This comes first, so that a node that lost the lease waits for nothing and writes nothing.
        const move = { ...sql.MOVE_CHECKPOINT, values: [...this.#lease, from, to], explain: explainMove };
        const results = await inOneTrip(client, [move, ...statements, ...more, ...this.#replanned()]);
        this.#position = to;
        this.#renewedAt = performance.now();
        return results.slice(1);
      });
    // It changes all that a user has sent. Were it given up, it would be tried again without end.
    const takesLong = events.some(({ type }) => ERASURES.includes(type));
    await (takesLong ? untimed(client, write) : write());
  }

  #replanned(): readonly Statement[] {
    this.#batches += 1;
    if (this.#batches < this.#nextReplan) return [];
    this.#nextReplan = Math.min(this.#nextReplan * 10, this.#batches + MOST_BATCHES_A_PLAN);
    return [REPLAN];
  }

  async renew(): Promise<void> {
    if (performance.now() - this.#renewedAt < RENEW_EVERY_MS) return;
    const client = await this.#connect();
    const renewal = { text: sql.RENEW_LEASE, values: [...this.#lease, this.#position] };
    const [renewed] = await inOneTrip(client, [renewal]);
    if (renewed?.rowCount === 0) throw this.#lost();
    this.#renewedAt = performance.now();
  }

  async stop(position: Position, reason: string): Promise<void> {
    const client = await this.#connect();
    const { schema, projection } = this.#parts;
    const values = [schema, projection.version, this.#epoch, position, reason];
    const [, stopped] = await inOneTrip(client, [DURABLY, { text: sql.STOP, values }]);
    if (stopped?.rowCount === 0) throw this.#lost();
  }

  async release(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    await inOneTrip(client, [{ text: sql.RELEASE_LEASE, values: [this.#parts.schema, this.#epoch] }]);
    await client.end();
  }

  isTransient(error: unknown): boolean {
    return isTransient(error);
  }

  /**
   * Answers what a write must find: the name, the version and the epoch; and the session that holds the lease from now
   * on.
   */
  get #lease(): readonly (string | number | null)[] {
    const { schema, projection } = this.#parts;
    return [schema, projection.version, this.#epoch, this.#session];
  }

  #lost(): LeaseLostError {
    return new LeaseLostError(`another node has taken over ${this.#name}, or it was set back`);
  }

  get #name(): string {
    const { schema, projection } = this.#parts;
    return `version ${projection.version} of projection ${schema}`;
  }

  async #connect(): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const { config, schema, answerWithinMs = ANSWER_WITHIN_MS, statementMs = STATEMENT_MS } = this.#parts;
    const own = { search_path: schema, statement_timeout: String(statementMs), [OWNER_SETTING]: ownerOf(config) };
    const settings = { ...SETTINGS, ...own };
    const parts = { name: `chatapp projection ${schema}`, settings, answerWithinMs, pipeline: true };
    // What runs on a connection that is lost is rejected by the driver, and tried again by the runner.
    const client = await openSession(config, parts, (lost) => {
      if (this.#client === lost) this.#client = undefined;
    });
    try {
      const { rows } = await client.query<{ session: string | null }>(sql.OWN_SESSION);
      this.#session = rows[0]?.session ?? null;
    } catch (error) {
      destroy(client);
      throw error;
    }
    this.#client = client;
    [this.#batches, this.#nextReplan] = [0, FIRST_REPLAN];
    return client;
  }
}
