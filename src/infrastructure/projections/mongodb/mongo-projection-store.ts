import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UpdateFilter } from 'mongodb';
import { DatabaseUnavailableError } from '../../../application/ports/database-unavailable.js';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import {
  GenerationGoneError,
  LeaseLostError,
  type RedrivableStore,
} from '../../../application/ports/projection-store.js';
import { project, type Projection } from '../../../application/projections/projector.js';
import type { Position, StreamId } from '../../../domain/kernel/ids.js';
import { LOG_START } from '../../../domain/kernel/position.js';
import { Documents } from '../../mongodb/documents.js';
import { asked } from '../../mongodb/mongo-errors.js';
import type { MongoDatabase } from '../../mongodb/open-mongo.js';
import { beatEvery } from './beating.js';
import { takeEpoch } from './epochs.js';
import { generationsOf, parking, positionOf, storedPosition, type GenerationRecord } from './generation-record.js';
import type { RunningPrograms } from '../running-programs.js';
import type { ProgressTeller } from '../progress-teller.js';
import type { MongoReadModel } from './mongo-read-model.js';
import { LEASE_MS, Silence } from './silence.js';

/** A program that nobody knows whether it is running. */
const UNKNOWN = '-';

const RENEW_EVERY_MS = LEASE_MS / 4;
const LOOK_AGAIN_MS = 20;

export interface MongoStoreParts<Writers> {
  readonly mongo: MongoDatabase;
  readonly projection: Projection<Writers>;
  readonly readModel: MongoReadModel<Writers>;
  /** Which generation; the projection's own name unless it is filled beside the one in use. */
  readonly name: string;
  readonly teller: ProgressTeller;
  /** Knows which programs are running; without it, a lease ends by the silence of its holder alone. */
  readonly programs?: RunningPrograms | undefined;
  /** Milliseconds of a clock that is never set back; that of the process by default. */
  readonly now?: () => number;
}

type Changed = UpdateFilter<GenerationRecord>;

/**
 * A projection in MongoDB. A batch is written document by document, and its checkpoint when all of them are stored: what a
 * killed node has written comes again, and changes nothing.
 */
export class MongoProjectionStore<Writers> implements RedrivableStore {
  readonly #parts: MongoStoreParts<Writers>;
  readonly #holder: string;
  readonly #now: () => number;
  readonly #silence: Silence;
  #prefix = '';
  #epoch = 0;
  #beat = 0;
  /** The checkpoint as it was left. */
  #position: Position = LOG_START;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: MongoStoreParts<Writers>) {
    this.#parts = parts;
    this.#holder = `${parts.programs?.own ?? UNKNOWN} ${randomUUID()}`;
    this.#now = parts.now ?? (() => performance.now());
    this.#silence = new Silence(this.#now);
  }

  async acquire(): Promise<{ position: Position; parked: ReadonlySet<StreamId> } | undefined> {
    const found = await this.#require();
    if (found.stopped !== null) return undefined;
    const taken = (await this.#isFree(found)) ? await this.#take() : undefined;
    if (!taken) return undefined;
    const streams = Object.values(taken.parked).map(({ streamId }) => streamId);
    return { position: positionOf(taken.position), parked: new Set(streams) };
  }

  async seize(): Promise<void> {
    const found = await this.#find();
    if (found?.version !== this.#parts.projection.version) throw new Error(`there are no tables for ${this.#name} yet`);
    while (!(await this.#take())) await sleep(LOOK_AGAIN_MS);
  }

  async apply({ events, parked, from, to }: Parameters<RedrivableStore['apply']>[0]): Promise<void> {
    const record = await this.#whileBeating(() => this.#project(events, from));
    const added = parking(parked, record.parked, new Date().toISOString());
    await this.#move(from, { $set: { position: storedPosition(to), ...this.#beating(), ...added } });
    this.#position = to;
    if (parked.length > 0) this.#parts.teller.revised(this.#parts.name);
    this.#parts.teller.advanced(this.#parts.name, to);
  }

  async applyParked(event: RecordedEvent): Promise<void> {
    await this.#whileBeating(() => this.#project([event], this.#position));
    await this.#move(this.#position, { $unset: { [`parked.${event.position}`]: '' }, $set: this.#beating() });
  }

  async keepParked(position: Position, reason: string): Promise<void> {
    const record = await this.#requireLease(this.#position);
    const said = position in record.parked ? { [`parked.${position}.reason`]: reason } : {};
    await this.#move(this.#position, { $set: { ...this.#beating(), ...said } });
  }

  async renew(): Promise<void> {
    if (this.#now() - this.#renewedAt < RENEW_EVERY_MS) return;
    await this.#move(this.#position, { $set: this.#beating() });
  }

  async stop(position: Position, reason: string): Promise<void> {
    const { name: _id, projection } = this.#parts;
    const own = { _id, version: projection.version, epoch: this.#epoch };
    const stopped = { position: storedPosition(position), reason };
    if ((await this.#update(own, { $set: { stopped } })) === 0) throw this.#lost();
  }

  async release(): Promise<void> {
    if (this.#epoch === 0) return;
    const own = { _id: this.#parts.name, epoch: this.#epoch, holder: this.#holder };
    this.#epoch = 0;
    await this.#update(own, { $set: { holder: null } });
  }

  isTransient(error: unknown): boolean {
    return error instanceof DatabaseUnavailableError;
  }

  /** Computes what the events mean and stores that, without the checkpoint. */
  async #project(events: readonly RecordedEvent[], from: Position): Promise<GenerationRecord> {
    const { mongo, projection, readModel } = this.#parts;
    const documents = new Documents(mongo, this.#prefix);
    const batch = readModel.open(documents);
    const [record] = await Promise.all([this.#requireLease(from), batch.load(events, from)]);
    for (const event of events) project(projection, batch.writers, event);
    for (const writes of batch.stages()) await documents.write(writes);
    return record;
  }

  /**
   * Says while it works that this node lives. A batch that took longer than a lease would be taken over by another node, which would
   * need as long, and be taken over as well: two nodes on a slow server would never come to the end of it.
   */
  async #whileBeating<Result>(work: () => Promise<Result>): Promise<Result> {
    const { name: _id } = this.#parts;
    const endBeats = beatEvery(RENEW_EVERY_MS, () =>
      this.#update({ _id, epoch: this.#epoch }, { $set: this.#beating() }),
    );
    try {
      return await work();
    } finally {
      await endBeats();
    }
  }

  /** Answers the record once nobody holds it where it stands. Raises `LeaseLostError`. */
  async #requireLease(position: Position): Promise<GenerationRecord> {
    const silence = new Silence(this.#now);
    for (;;) {
      const found = await this.#find();
      if (!found || !this.#isOwn(found) || positionOf(found.position) !== position) throw this.#lost();
      const { hold } = found;
      if (hold === null) return found;
      if (silence.hasLasted(`${hold.by} ${hold.beat}`)) await this.#endHold(hold);
      else await sleep(LOOK_AGAIN_MS);
    }
  }

  /** Ends the hold of whoever has ended, unless they have beaten meanwhile: the next batch would wait for them as long. */
  async #endHold({ by, beat }: NonNullable<GenerationRecord['hold']>): Promise<void> {
    await this.#update({ _id: this.#parts.name, 'hold.by': by, 'hold.beat': beat }, { $set: { hold: null } });
  }

  #isOwn({ epoch, version }: GenerationRecord): boolean {
    return this.#epoch > 0 && epoch === this.#epoch && version === this.#parts.projection.version;
  }

  /** Changes the record where the checkpoint stands as it was left, and this node has the lease. Raises `LeaseLostError`. */
  async #move(from: Position, change: Changed): Promise<void> {
    const { name: _id, projection } = this.#parts;
    const own = { _id, version: projection.version, epoch: this.#epoch, position: storedPosition(from) };
    if ((await this.#update(own, change)) === 0) throw this.#lost();
    this.#renewedAt = this.#now();
  }

  /** Takes the lease, whoever holds it; undefined where another node takes it at the same moment. */
  async #take(): Promise<GenerationRecord | undefined> {
    const { mongo, name: _id, projection } = this.#parts;
    const epoch = await takeEpoch(mongo.db, _id);
    if (epoch === undefined) return undefined;
    const older = { _id, version: projection.version, epoch: { $lt: epoch } };
    await this.#update(older, { $set: { epoch, holder: this.#holder, ...this.#beating() } });
    const taken = await this.#find();
    if (taken?.epoch !== epoch) return undefined;
    this.#epoch = epoch;
    this.#prefix = taken.prefix;
    this.#position = positionOf(taken.position);
    this.#renewedAt = Number.NEGATIVE_INFINITY;
    return taken;
  }

  /** A holder that has ended, or was silent for long, is refused by the epoch, should it live after all. */
  async #isFree({ epoch, beat, holder }: GenerationRecord): Promise<boolean> {
    if (holder === null || holder === this.#holder || this.#silence.hasLasted(`${epoch} ${beat}`)) return true;
    const [program = UNKNOWN] = holder.split(' ');
    return program !== UNKNOWN && (await this.#parts.programs?.hasEnded(program)) === true;
  }

  #beating() {
    this.#beat += 1;
    return { beat: this.#beat, beatAt: new Date() };
  }

  async #update(
    filter: Parameters<ReturnType<typeof generationsOf>['updateOne']>[0],
    change: Changed,
  ): Promise<number> {
    const { matchedCount } = await asked(() => generationsOf(this.#parts.mongo.db).updateOne(filter, change));
    return matchedCount;
  }

  #find(): Promise<GenerationRecord | null> {
    return asked(() => generationsOf(this.#parts.mongo.db).findOne({ _id: this.#parts.name }));
  }

  /** The generation as this program's version may use it. */
  async #require(): Promise<GenerationRecord> {
    const { name, projection } = this.#parts;
    const found = await this.#find();
    if (!found) throw new GenerationGoneError(`the collections of ${name} are gone`);
    if (found.version !== projection.version)
      throw new Error(
        `version ${projection.version} cannot go on: the collections of ${name} are of another version by now`,
      );
    return found;
  }

  #lost(): LeaseLostError {
    return new LeaseLostError(`another node has taken over ${this.#name}, or it was set back`);
  }

  get #name(): string {
    const { projection, name } = this.#parts;
    return `version ${projection.version} of projection ${name}`;
  }
}
