import type { ParkedRow, ProjectionStatus } from '../../../application/ports/projection-operations.js';
import type { ProjectionStatuses } from '../../../application/ports/projection-statuses.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions } from '../../../domain/kernel/position.js';
import { orAborted } from '../../or-aborted.js';
import type { MemoryTables } from './memory-read-model.js';

/** Read models of one projection with their checkpoint. */
export interface Generation {
  readonly version: number;
  readonly position: Position;
  /** The last one that was given: whoever has an earlier one is refused. */
  readonly epoch: number;
  readonly lease: { readonly holder: symbol; readonly until: number } | undefined;
  readonly tables: MemoryTables;
  readonly parked: ReadonlyMap<Position, ParkedRow>;
  /** Why nobody works on it any more. */
  readonly stopped: string | undefined;
}

/** What the nodes that share read models in memory have in common. */
export class MemoryProjections implements ProjectionStatuses {
  readonly #now: () => number;
  readonly #generations = new Map<string, Generation>();
  /** What somebody works on that others must leave alone, until when. */
  readonly #locked = new Map<string, Promise<void>>();
  #epochs = 0;

  /** Milliseconds of a clock that is never set back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  now(): number {
    return this.#now();
  }

  /** Works as soon as nobody else works under the same name. Raises the signal's reason when that ends the wait. */
  async locked<Result>(name: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    for (let held = this.#locked.get(name); held; held = this.#locked.get(name))
      await (signal ? orAborted(held, signal) : held);
    let release = (): void => undefined;
    this.#locked.set(name, new Promise((resolve) => (release = resolve)));
    try {
      return await work();
    } finally {
      this.#locked.delete(name);
      release();
    }
  }

  isLocked(name: string): boolean {
    return this.#locked.has(name);
  }

  find(name: string): Generation | undefined {
    return this.#generations.get(name);
  }

  put(name: string, generation: Generation): void {
    this.#generations.set(name, generation);
  }

  /** Answers whether there was one. */
  drop(name: string): boolean {
    return this.#generations.delete(name);
  }

  /** No epoch is given twice, whatever generation it is for. */
  nextEpoch(): number {
    return (this.#epochs += 1);
  }

  async list(): Promise<readonly Omit<ProjectionStatus, 'behind'>[]> {
    const names = [...this.#generations.keys()].sort();
    return names.flatMap((name) => {
      const found = this.find(name);
      if (!found) return [];
      const { version, position, lease, parked, stopped = null } = found;
      const running = lease !== undefined && lease.until > this.now();
      return [{ name, version, position, running, parked: parked.size, stopped }];
    });
  }

  async checkpoint(name: string): Promise<Position | undefined> {
    return this.find(name)?.position;
  }

  async parked(name?: string): Promise<readonly ParkedRow[]> {
    const names = name === undefined ? [...this.#generations.keys()].sort() : [name];
    return names.flatMap((each) =>
      [...(this.find(each)?.parked.values() ?? [])].sort((one, other) =>
        comparePositions(one.position, other.position),
      ),
    );
  }

  async resume(name: string): Promise<boolean> {
    const found = this.find(name);
    if (found?.stopped === undefined) return false;
    this.put(name, { ...found, stopped: undefined });
    return true;
  }
}
