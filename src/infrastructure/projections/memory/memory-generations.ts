import {
  RebuildUnderWayError,
  type ComparedGeneration,
  type FillUpTo,
  type IsKept,
  type NextGeneration,
  type ProjectionGenerations,
} from '../../../application/ports/projection-generations.js';
import { GenerationGoneError } from '../../../application/ports/projection-store.js';
import type { Projection } from '../../../application/projections/projector.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../../domain/kernel/position.js';
import { checksumRows } from './checksum-rows.js';
import { compareRows } from './compare-rows.js';
import { MemoryProjectionStore } from './memory-projection-store.js';
import type { Generation, MemoryProjections } from './memory-projections.js';
import { copyOf, type MemoryReadModel, type MemoryTables } from './memory-read-model.js';

export interface MemoryGenerationParts<Writers, Tables extends MemoryTables> {
  readonly projections: MemoryProjections;
  readonly projection: Projection<Writers>;
  readonly readModel: MemoryReadModel<Writers, Tables>;
}

const NEVER = new AbortController().signal;

/** Counts the rows of a table that are not as they are in the other. */
const differences = (used: Map<string, object> | undefined, anew: Map<string, object>): number =>
  [...new Set([...(used?.keys() ?? []), ...anew.keys()])].filter(
    (key) => JSON.stringify(used?.get(key)) !== JSON.stringify(anew.get(key)),
  ).length;

/** The generations of one projection in memory. */
export class MemoryGenerations<Writers, Tables extends MemoryTables> implements ProjectionGenerations {
  readonly #parts: MemoryGenerationParts<Writers, Tables>;
  readonly #name: string;
  readonly #nextName: string;
  readonly #comparedName: string;

  constructor(parts: MemoryGenerationParts<Writers, Tables>) {
    this.#parts = parts;
    this.#name = parts.projection.name;
    this.#nextName = `${this.#name}_rebuild`;
    this.#comparedName = `${this.#name}_verify`;
  }

  async prepare(): Promise<void> {
    if (!this.#projections.find(this.#name)) this.#begin(this.#name);
  }

  async dropLeftovers(isKept: IsKept): Promise<boolean> {
    const unfinished = this.#unfinished();
    const isNextKept = unfinished !== undefined && (await isKept(unfinished));
    const filled = [this.#name, this.#comparedName].filter((name) => this.#projections.isLocked(name));
    if (!isNextKept && !filled.includes(this.#name)) this.#projections.drop(this.#nextName);
    if (!filled.includes(this.#comparedName)) this.#projections.drop(this.#comparedName);
    return filled.length > 0;
  }

  async isOutdated(): Promise<boolean> {
    const version = await this.usedVersion();
    return version !== undefined && version !== this.#parts.projection.version;
  }

  async usedVersion(): Promise<number | undefined> {
    return this.#projections.find(this.#name)?.version;
  }

  checkpoint() {
    return this.#projections.checkpoint(this.#name);
  }

  parked() {
    return this.#projections.parked(this.#name);
  }

  open(name = this.#name): MemoryProjectionStore<Writers, Tables> {
    return new MemoryProjectionStore({ ...this.#parts, name });
  }

  async checksum(onTable?: (name: string) => void) {
    return checksumRows(this.#require(this.#name), onTable);
  }

  openOlder(version: number): MemoryProjectionStore<Writers, Tables> {
    return new MemoryProjectionStore({
      ...this.#parts,
      projection: { ...this.#parts.projection, version },
      name: this.#name,
    });
  }

  inTurn<Result>(signal: AbortSignal, work: (next: NextGeneration) => Promise<Result>): Promise<Result> {
    return this.#projections.locked(this.#name, () => work(this.#next()), signal);
  }

  async atOnce<Result>(work: (next: NextGeneration) => Promise<Result>): Promise<Result> {
    if (this.#projections.isLocked(this.#name)) throw new RebuildUnderWayError(this.#name, 'another node');
    return this.inTurn(NEVER, work);
  }

  withComparison<Result>(work: (comparison: ComparedGeneration) => Promise<Result>): Promise<Result> {
    const fill = async (): Promise<Result> => {
      this.#begin(this.#comparedName);
      try {
        return await work(this.#compared(this.#comparedName));
      } finally {
        this.#projections.drop(this.#comparedName);
      }
    };
    return this.#projections.locked(this.#comparedName, fill, NEVER);
  }

  async findProblems(recent: Parameters<ProjectionGenerations['findProblems']>[0]) {
    const { position, tables, parked } = this.#require(this.#name);
    const newest = await recent(position, new Set(parked.keys()));
    return newest ? (this.#parts.readModel.recent?.(tables as Tables, newest) ?? []) : [];
  }

  get #projections(): MemoryProjections {
    return this.#parts.projections;
  }

  #next(): NextGeneration {
    return {
      unfinished: async () => this.#unfinished(),
      begin: async () => this.#begin(this.#nextName),
      drop: async () => this.#projections.drop(this.#nextName),
      open: () => this.open(this.#nextName),
      parked: () => this.#projections.parked(this.#nextName),
      checksum: async (onTable) => checksumRows(this.#require(this.#nextName), onTable),
      compare: this.#compared(this.#nextName).compare,
      takeOver: (fillUpTo) => this.#held(fillUpTo, async () => this.#takeOver()),
      confirmVersion: async () => this.#put(this.#name, { version: this.#parts.projection.version }),
    };
  }

  #unfinished(): Position | undefined {
    const found = this.#projections.find(this.#nextName);
    return found?.version === this.#parts.projection.version && found.stopped === undefined
      ? found.position
      : undefined;
  }

  #compared(beside: string): ComparedGeneration {
    /** The tables in use, and those made anew, at the same position. */
    const held = <Result>(fillUpTo: FillUpTo, work: (used: Generation, anew: Generation) => Result) =>
      this.#held(fillUpTo, async () => work(this.#require(this.#name), this.#require(beside)));
    return {
      store: this.open(beside),
      compare: async (fillUpTo, onTable) => {
        const [used, anew] = await held(fillUpTo, (...both) => both);
        return compareRows(used.tables, anew.tables, onTable);
      },
      repair: (fillUpTo) =>
        held(fillUpTo, (used, anew) => {
          this.#put(this.#name, { tables: copyOf(anew.tables) });
          return Object.entries(anew.tables).reduce(
            (sum, [name, rows]) => sum + differences(used.tables[name], rows),
            0,
          );
        }),
    };
  }

  /** Works while the one in use stands where it was when another was filled up to there. */
  #held<Result>(fillUpTo: FillUpTo | undefined, work: () => Promise<Result>): Promise<Result> {
    return this.#projections.locked(`checkpoint ${this.#name}`, async () => {
      await fillUpTo?.((await this.checkpoint()) ?? LOG_START);
      return work();
    });
  }

  #begin(name: string): void {
    const { projection, readModel } = this.#parts;
    this.#projections.put(name, {
      version: projection.version,
      position: LOG_START,
      epoch: this.#projections.nextEpoch(),
      lease: undefined,
      tables: readModel.create(),
      parked: new Map(),
      stopped: undefined,
    });
  }

  #takeOver(): boolean {
    const next = this.#projections.find(this.#nextName);
    const used = this.#projections.find(this.#name);
    if (!next || !hasReached(next.position, used?.position ?? LOG_START)) return false;
    this.#projections.put(this.#name, { ...next, epoch: this.#projections.nextEpoch(), lease: undefined });
    this.#projections.drop(this.#nextName);
    return true;
  }

  #require(name: string): Generation {
    const found = this.#projections.find(name);
    if (!found) throw new GenerationGoneError(`the tables of ${name} are gone`);
    return found;
  }

  #put(name: string, changed: Partial<Generation>): void {
    this.#projections.put(name, { ...this.#require(name), ...changed });
  }
}
