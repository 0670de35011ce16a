import type pg from 'pg';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { project, type Projection } from '../../../application/projections/projector.js';
import type { Position } from '../../../domain/kernel/ids.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { Ask, BatchWriter, ReadModel } from './read-model.js';

/** The statements of a batch, by their writers. */
type Portions = readonly (readonly Statement[])[];

interface AheadBatch {
  readonly events: readonly RecordedEvent[];
  readonly portions: Portions;
}

/** Carries out statements in one transaction. What it sends leaves before it answers. */
export type Send = (statements: readonly Statement[]) => Promise<readonly pg.QueryResult[]>;

/** Gives each writer what its own statements answered. */
const settleEach = (writers: readonly BatchWriter[], portions: Portions, results: readonly pg.QueryResult[]): void => {
  let next = 0;
  for (const [index, writer] of writers.entries()) {
    const from = next;
    next += portions[index]?.length ?? 0;
    writer.settle(results.slice(from, next));
  }
};

const areSame = (some: readonly RecordedEvent[], others: readonly RecordedEvent[]): boolean =>
  some.length === others.length && some.every((event, index) => event === others[index]);

/**
 * Computes what batches write: one at a time, and one ahead while the batch before it is being written. What was computed
 * ahead holds for the batch that is written next, if it has these very events; otherwise it is computed anew from the tables.
 */
export class BatchComputer<Writers> {
  readonly #projection: Projection<Writers>;
  readonly #model: ReturnType<ReadModel<Writers>['open']>;
  #turn: Promise<unknown> = Promise.resolve();
  #ahead: AheadBatch | undefined;
  /** Where the rows stand once what was sent is written; undefined where that is not known. */
  #position: Position | undefined;

  constructor(projection: Projection<Writers>, readModel: ReadModel<Writers>) {
    this.#projection = projection;
    this.#model = readModel.open();
  }

  /** Computes what the events write, unless that was done ahead, and sends it. Whatever fails, nothing is known afterwards. */
  async write(
    { events, to }: { readonly events: readonly RecordedEvent[]; readonly to: Position },
    ask: Ask,
    send: Send,
  ): Promise<void> {
    try {
      const { portions, answer } = await this.#inTurn(async () => {
        const computed = await this.#portionsOf(events, ask);
        this.#position = to;
        // It is sent in this turn: what the next batch asks for is answered behind it.
        return { portions: computed, answer: send(computed.flat()) };
      });
      settleEach(this.#model.batch, portions, await answer);
    } catch (error) {
      await this.#inTurn(async () => this.#rollBack());
      throw error;
    }
  }

  /** Computes what the events write that follow on the batch that is being written. It never raises. */
  async computeAhead(events: readonly RecordedEvent[], from: Position, ask: Ask): Promise<void> {
    if (events.length === 0 || !this.#model.batch.every(({ taken }) => taken)) return;
    await this.#inTurn(async () => {
      if (this.#position !== from || this.#ahead) return;
      try {
        this.#ahead = { events, portions: await this.#compute(events, ask) };
      } catch {
        this.#rollBack(); // It fails again when it is its turn, where somebody hears of it.
      }
    });
  }

  /** Another node may have written meanwhile. */
  forget(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#ahead) this.#rollBack();
      this.#model.rows?.forget();
      this.#position = undefined;
    });
  }

  /** What was computed ahead counted on what is not written. */
  #rollBack(): void {
    this.#ahead = undefined;
    this.#position = undefined;
    for (const each of this.#model.batch) each.settle(undefined);
  }

  async #portionsOf(events: readonly RecordedEvent[], ask: Ask): Promise<Portions> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead && areSame(ahead.events, events)) return ahead.portions;
    if (ahead) this.#rollBack();
    return this.#compute(events, ask);
  }

  async #compute(events: readonly RecordedEvent[], ask: Ask): Promise<Portions> {
    const { writers, batch, rows } = this.#model;
    await rows?.load(events, ask);
    for (const event of events) project(this.#projection, writers, event);
    await rows?.complete?.(ask);
    const portions = batch.map((each) => each.statements());
    for (const each of batch) each.taken?.();
    return portions;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
