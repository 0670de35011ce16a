import { randomBytes } from 'node:crypto';
import {
  RebuildUnderWayError,
  type ComparedGeneration,
  type FillUpTo,
  type IsKept,
  type NextGeneration,
  type ProjectionGenerations,
} from '../../../application/ports/projection-generations.js';
import type { GenerationChecksum } from '../../../application/ports/projection-operations.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { hasReached } from '../../../domain/kernel/position.js';
import { Documents } from '../../mongodb/documents.js';
import { asked, isDuplicate } from '../../mongodb/mongo-errors.js';
import { checksumDocuments } from './checksum-documents.js';
import { comparedGeneration } from './compared-generation.js';
import { takeEpoch } from './epochs.js';
import { emptyGeneration, generationsOf, parkedRows, positionOf, type GenerationRecord } from './generation-record.js';
import { MongoProjectionStore, type MongoStoreParts } from './mongo-projection-store.js';
import { inTurn, unlessTaken } from './turns.js';
import { getGeneration, whileHeld } from './while-held.js';

export type MongoGenerationParts<Writers> = Omit<MongoStoreParts<Writers>, 'name'>;

const NEVER = new AbortController().signal;
const NOTHING_TO_FILL = () => Promise.resolve();

/** Makes the beginning of the names of a generation's collections, which no other one has. */
const newPrefix = (name: string): string => `${name}_${randomBytes(6).toString('hex')}_`;

/** The generations of one projection in MongoDB, each in collections of its own. A document says which one is in use. */
export class MongoGenerations<Writers> implements ProjectionGenerations {
  readonly #parts: MongoGenerationParts<Writers>;
  readonly #name: string;
  readonly #nextName: string;
  readonly #comparedName: string;

  constructor(parts: MongoGenerationParts<Writers>) {
    this.#parts = parts;
    this.#name = parts.projection.name;
    this.#nextName = `${this.#name}_rebuild`;
    this.#comparedName = `${this.#name}_verify`;
  }

  prepare(): Promise<void> {
    return this.#make(this.#name);
  }

  async dropLeftovers(isKept: IsKept): Promise<boolean> {
    const isRebuilt = await this.#dropUnlessTaken(this.#nextName, async () => {
      const unfinished = await this.#unfinished();
      return unfinished !== undefined && isKept(unfinished);
    });
    const isCompared = await this.#dropUnlessTaken(this.#comparedName, () => Promise.resolve(false));
    await this.#dropReplaced();
    await this.#dropUnnamed();
    return isRebuilt || isCompared;
  }

  /** Answers whether another node, which lives, is filling it. */
  #dropUnlessTaken(name: string, isKept: () => Promise<boolean>): Promise<boolean> {
    const drop = async () => {
      if (!(await isKept())) await this.#drop(name);
      return false;
    };
    return unlessTaken(this.#db, name, drop, () => true);
  }

  async isOutdated(): Promise<boolean> {
    const version = await this.usedVersion();
    return version !== undefined && version !== this.#parts.projection.version;
  }

  async usedVersion(): Promise<number | undefined> {
    return (await this.#find(this.#name))?.version;
  }

  async checkpoint() {
    const found = await this.#find(this.#name);
    return found ? positionOf(found.position) : undefined;
  }

  async parked() {
    const found = await this.#find(this.#name);
    return found ? parkedRows(found) : [];
  }

  open(name = this.#name): MongoProjectionStore<Writers> {
    return new MongoProjectionStore({ ...this.#parts, name });
  }

  /** Sums up while the projection is held, because a single server has no snapshot. Where a switch comes between, it begins again. */
  async checksum(onTable?: (name: string) => void): Promise<GenerationChecksum> {
    for (;;) {
      const { prefix, sums } = await whileHeld(this.#db, this.#name, NOTHING_TO_FILL, async (used) => ({
        prefix: used.prefix,
        sums: await this.#checksum(used, onTable),
      }));
      if ((await this.#find(this.#name))?.prefix === prefix) return sums;
    }
  }

  openOlder(version: number): MongoProjectionStore<Writers> {
    const projection = { ...this.#parts.projection, version };
    return new MongoProjectionStore({ ...this.#parts, projection, name: this.#name });
  }

  inTurn<Result>(signal: AbortSignal, work: (next: NextGeneration) => Promise<Result>): Promise<Result> {
    return inTurn(this.#db, this.#nextName, signal, () => work(this.#next()));
  }

  atOnce<Result>(work: (next: NextGeneration) => Promise<Result>): Promise<Result> {
    return unlessTaken(
      this.#db,
      this.#nextName,
      () => work(this.#next()),
      (by) => {
        throw new RebuildUnderWayError(this.#name, by);
      },
    );
  }

  withComparison<Result>(work: (comparison: ComparedGeneration) => Promise<Result>): Promise<Result> {
    return inTurn(this.#db, this.#comparedName, NEVER, async () => {
      await this.#begin(this.#comparedName);
      try {
        return await work(comparedGeneration(this.#parts, this.open(this.#comparedName), this.#comparedName));
      } finally {
        await this.#drop(this.#comparedName); // What it holds is personal, and nobody else would drop it.
      }
    });
  }

  #next(): NextGeneration {
    return {
      unfinished: () => this.#unfinished(),
      begin: () => this.#begin(this.#nextName),
      drop: () => this.#drop(this.#nextName),
      open: () => this.open(this.#nextName),
      parked: async () => {
        const found = await this.#find(this.#nextName);
        return found ? parkedRows(found) : [];
      },
      checksum: async (onTable) => this.#checksum(await getGeneration(this.#db, this.#nextName), onTable),
      compare: comparedGeneration(this.#parts, this.open(this.#nextName), this.#nextName).compare,
      takeOver: (fillUpTo) => this.#takeOver(fillUpTo),
      confirmVersion: async () => {
        const { version } = this.#parts.projection;
        await asked(() => generationsOf(this.#db).updateOne({ _id: this.#name }, { $set: { version } }));
      },
    };
  }

  /** The document of one that has taken its place is no generation any more. */
  async #unfinished(): Promise<Position | undefined> {
    const [found, used] = [await this.#find(this.#nextName), await this.#find(this.#name)];
    const isOurs = found?.version === this.#parts.projection.version && found.prefix !== used?.prefix;
    return isOurs && found.ready && found.stopped === null ? positionOf(found.position) : undefined;
  }

  async findProblems(recent: Parameters<ProjectionGenerations['findProblems']>[0]) {
    const found = await this.#find(this.#name);
    if (!found) return [];
    const parked = new Set(parkedRows(found).map(({ position }) => position));
    const newest = await recent(positionOf(found.position), parked);
    return newest ? this.#parts.readModel.recent(newest, this.#documents(found)) : [];
  }

  get #db() {
    return this.#parts.mongo.db;
  }

  #documents({ prefix }: Pick<GenerationRecord, 'prefix'>): Documents {
    return new Documents(this.#parts.mongo, prefix);
  }

  #checksum(generation: GenerationRecord, onTable?: (name: string) => void): Promise<GenerationChecksum> {
    return checksumDocuments(generation, this.#documents(generation), this.#parts.readModel, onTable);
  }

  #find(name: string): Promise<GenerationRecord | null> {
    return asked(() => generationsOf(this.#db).findOne({ _id: name }));
  }

  /**
   * Makes what is missing of a generation. Its document comes first, so that collections without one are leftovers. All
   * collections and indexes are made before the first batch. One of this version may lack an index that the program has been
   * given since: it is made beside the readers.
   */
  async #make(name: string): Promise<void> {
    const { projection, readModel } = this.#parts;
    try {
      await asked(() =>
        generationsOf(this.#db).insertOne(emptyGeneration(name, projection.version, newPrefix(this.#name))),
      );
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const made = await this.#find(name);
    if (made?.version !== projection.version) return;
    await this.#documents(made).make(readModel.indexes);
    if (!made.ready) await asked(() => generationsOf(this.#db).updateOne({ _id: name }, { $set: { ready: true } }));
  }

  async #begin(name: string): Promise<void> {
    await this.#drop(name);
    await this.#make(name);
  }

  /**
   * Drops a generation that is not in use; answers whether there was one. The document of one that has taken its place is all
   * that is left to drop.
   */
  async #drop(name: string): Promise<boolean> {
    const [found, used] = [await this.#find(name), await this.#find(this.#name)];
    if (!found) return false;
    if (found.prefix !== used?.prefix) await this.#documents(found).drop();
    await asked(() => generationsOf(this.#db).deleteOne({ _id: name, prefix: found.prefix }));
    return found.prefix !== used?.prefix;
  }

  /** Drops the collections that the generation in use has taken the place of. */
  async #dropReplaced(): Promise<void> {
    const used = await this.#find(this.#name);
    const replaced = used?.replaced ?? null;
    if (replaced === null) return;
    await this.#documents({ prefix: replaced }).drop();
    await asked(() => generationsOf(this.#db).updateOne({ _id: this.#name, replaced }, { $set: { replaced: null } }));
  }

  /**
   * Drops collections that no document names: a node that was thought dead has written to them after they were dropped. They
   * are listed before the documents are read, because a document is there before its collections are.
   */
  async #dropUnnamed(): Promise<void> {
    const own = new RegExp(`^${this.#name}_[0-9a-f]{12}_`);
    const listed = await asked(() => this.#db.listCollections({}, { nameOnly: true }).toArray());
    const all = await asked(() => generationsOf(this.#db).find().toArray());
    const named = new Set(all.flatMap(({ prefix, replaced }) => [prefix, replaced]));
    const prefixes = new Set(listed.flatMap(({ name }) => own.exec(name)?.[0] ?? []));
    for (const prefix of prefixes) if (!named.has(prefix)) await this.#documents({ prefix }).drop();
  }

  /** Where it is to be filled first, the one in use is held meanwhile: in a busy log it would always be further. */
  async #takeOver(fillUpTo?: FillUpTo): Promise<boolean> {
    if (!fillUpTo) return this.#switchFrom(await this.#find(this.#name));
    return whileHeld(this.#db, this.#name, fillUpTo, async (used, hold) => {
      await hold.rest();
      return this.#switchFrom(used);
    });
  }

  /**
   * Has the document of the one in use name the next one's collections, with its checkpoint and with what it has parked: one
   * change of one document, if that is as it was found.
   */
  async #switchFrom(used: GenerationRecord | null): Promise<boolean> {
    const next = await this.#find(this.#nextName);
    if (!next || !used || !hasReached(positionOf(next.position), positionOf(used.position))) return false;
    await this.#dropReplaced();
    const epoch = await takeEpoch(this.#db, this.#name);
    if (epoch === undefined) return false;
    const { version, prefix, position, parked } = next;
    const lease = { epoch, holder: null, hold: null, stopped: null, replaced: used.prefix };
    const standing = { _id: this.#name, epoch: used.epoch, position: used.position };
    const change = { $set: { version, prefix, position, parked, ...lease } };
    const { matchedCount } = await asked(() => generationsOf(this.#db).updateOne(standing, change));
    if (matchedCount === 0) return false;
    await this.#dropReplaced();
    await this.#drop(this.#nextName);
    this.#parts.teller.revised(this.#name);
    return true;
  }
}
