import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { RecentEvents, RecentProblem } from '../../../application/ports/projection-generations.js';
import type { Position } from '../../../domain/kernel/ids.js';
import type { Documents, Indexes, Writes } from '../../mongodb/documents.js';

/** A batch, from what it depends on to what it writes. Nothing is remembered behind it. */
interface MongoBatch<Writers> {
  /**
   * Reads what these events depend on. The documents may be ahead of the checkpoint: a batch may have been written in part,
   * or be written by a node that was thought dead.
   */
  load(events: readonly RecordedEvent[], from: Position): Promise<void>;
  /** What the projectors write to. */
  readonly writers: Writers;
  /** Answers what is written, stage by stage: the next one once all of the one before is stored. */
  stages(): readonly Writes[];
}

/** The collections of one projection. */
export interface MongoReadModel<Writers> {
  /** Every collection, with its indexes. */
  readonly indexes: Indexes;
  /** The order of documents whose keys hold positions; the others are in that of their keys. */
  readonly order?: Readonly<Record<string, Readonly<Record<string, 1>>>>;
  /** Looks for what the newest events must have left in the collections: by ids, counts and ordinals, and quickly. */
  recent(newest: RecentEvents, documents: Documents): Promise<readonly RecentProblem[]>;
  open(documents: Documents): MongoBatch<Writers>;
}
