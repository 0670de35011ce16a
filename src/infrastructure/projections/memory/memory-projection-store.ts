import type { RecordedEvent } from '../../../application/ports/event-store.js';
import {
  GenerationGoneError,
  LeaseLostError,
  type ParkedEvent,
  type RedrivableStore,
} from '../../../application/ports/projection-store.js';
import { project, type Projection } from '../../../application/projections/projector.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import type { Generation, MemoryProjections } from './memory-projections.js';
import { copyOf, type MemoryReadModel, type MemoryTables } from './memory-read-model.js';

const LEASE_MS = 5_000;

export interface MemoryStoreParts<Writers, Tables extends MemoryTables> {
  readonly projections: MemoryProjections;
  readonly projection: Projection<Writers>;
  readonly readModel: MemoryReadModel<Writers, Tables>;
  /** Which generation; the projection's own name unless it is filled beside the one in use. */
  readonly name: string;
}

/** A projection in memory: a batch is applied to a copy of the tables, which then takes their place with its checkpoint. */
export class MemoryProjectionStore<Writers, Tables extends MemoryTables> implements RedrivableStore {
  readonly #parts: MemoryStoreParts<Writers, Tables>;
  readonly #holder = Symbol('holder');
  #epoch = 0;
  /** The checkpoint as it was left. */
  #position: Position = LOG_START;

  constructor(parts: MemoryStoreParts<Writers, Tables>) {
    this.#parts = parts;
  }

  async acquire(): Promise<{ position: Position; parked: ReadonlySet<StreamId> } | undefined> {
    const { projections } = this.#parts;
    const { lease, stopped, position, parked } = this.#require();
    if (lease && lease.holder !== this.#holder && lease.until > projections.now()) return undefined;
    this.#take();
    if (stopped !== undefined) return undefined;
    return { position, parked: new Set([...parked.values()].map(({ streamId }) => streamId)) };
  }

  async seize(): Promise<void> {
    const found = this.#find();
    if (found?.version !== this.#parts.projection.version) throw new Error(`there are no tables for ${this.#name} yet`);
    this.#take();
  }

  async apply({ events, parked, from, to }: Parameters<RedrivableStore['apply']>[0]): Promise<void> {
    await this.#project(events, from, to, (before) => new Map([...this.#parkedRows(parked), ...before]));
  }

  async applyParked(event: RecordedEvent): Promise<void> {
    const isLeft = (row: { readonly position: Position }) => row.position !== event.position;
    const unpark = (before: Generation['parked']) => new Map([...before].filter(([, row]) => isLeft(row)));
    await this.#project([event], this.#position, this.#position, unpark);
  }

  async keepParked(position: Position, reason: string): Promise<void> {
    const sayWhy = (before: Generation['parked']) =>
      new Map([...before].map(([at, row]) => [at, at === position ? { ...row, reason } : row]));
    await this.#project([], this.#position, this.#position, sayWhy);
  }

  async renew(): Promise<void> {
    this.#requireLease(this.#position);
    this.#put({ lease: this.#lease() });
  }

  async stop(_: Position, reason: string): Promise<void> {
    this.#requireLease(this.#position);
    this.#put({ stopped: reason });
  }

  async release(): Promise<void> {
    if (this.#find()?.epoch === this.#epoch) this.#put({ lease: undefined });
  }

  isTransient(): boolean {
    return false;
  }

  /** Applies events, moves the checkpoint and changes what is parked, at once. */
  async #project(
    events: readonly RecordedEvent[],
    from: Position,
    to: Position,
    park: (before: Generation['parked']) => Generation['parked'],
  ): Promise<void> {
    const { projections, projection, readModel, name } = this.#parts;
    await projections.locked(`checkpoint ${name}`, async () => {
      const { tables, parked } = this.#requireLease(from);
      const now = copyOf(tables as Tables);
      const writers = readModel.writersOf(now);
      for (const event of events) project(projection, writers, event);
      this.#put({ tables: now, position: to, parked: park(parked), lease: this.#lease() });
      this.#position = to;
      readModel.applied?.(tables as Tables, now);
    });
  }

  #parkedRows(parked: readonly ParkedEvent[]): Generation['parked'] {
    const { projection } = this.#parts;
    const parkedAt = new Date(this.#parts.projections.now()).toISOString();
    return new Map(
      parked.map(({ event: { position, streamId, eventId, type }, reason }) => [
        position,
        { projection: projection.name, position, streamId, eventId, type, reason, parkedAt },
      ]),
    );
  }

  #take(): void {
    this.#epoch = this.#parts.projections.nextEpoch();
    this.#put({ epoch: this.#epoch, lease: this.#lease() });
    this.#position = this.#require().position;
  }

  #lease(): NonNullable<Generation['lease']> {
    return { holder: this.#holder, until: this.#parts.projections.now() + LEASE_MS };
  }

  #find(): Generation | undefined {
    return this.#parts.projections.find(this.#parts.name);
  }

  #put(changed: Partial<Generation>): void {
    this.#parts.projections.put(this.#parts.name, { ...this.#require(), ...changed });
  }

  /** The generation as this program's version may use it. */
  #require(): Generation {
    const { name, projection } = this.#parts;
    const found = this.#find();
    if (!found) throw new GenerationGoneError(`the tables of ${name} are gone`);
    if (found.version !== projection.version)
      throw new Error(
        `version ${projection.version} cannot go on: the tables of ${name} are of another version by now`,
      );
    return found;
  }

  #requireLease(position: Position): Generation {
    const found = this.#find();
    const isHeld = found?.version === this.#parts.projection.version && found.epoch === this.#epoch;
    if (!isHeld || found.position !== position) throw new LeaseLostError(`another node has taken over ${this.#name}`);
    return found;
  }

  get #name(): string {
    const { projection, name } = this.#parts;
    return `version ${projection.version} of projection ${name}`;
  }
}
