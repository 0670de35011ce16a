import type { ComparedGeneration, FillUpTo } from '../../../application/ports/projection-generations.js';
import type { ProjectionStore } from '../../../application/ports/projection-store.js';
import { Documents } from '../../mongodb/documents.js';
import { asked } from '../../mongodb/mongo-errors.js';
import type { MongoDatabase } from '../../mongodb/open-mongo.js';
import {
  compareCollection,
  differenceAt,
  readAgain,
  shownComparison,
  type Compared,
  type Pair,
} from './compare-documents.js';
import type { GenerationRecord } from './generation-record.js';
import type { MongoReadModel } from './mongo-read-model.js';
import { getGeneration, whileHeld } from './while-held.js';

export interface ComparisonParts {
  readonly mongo: MongoDatabase;
  readonly projection: { readonly name: string };
  readonly readModel: Pick<MongoReadModel<never>, 'indexes'>;
}

interface Sides {
  readonly used: Documents;
  readonly anew: Documents;
}

/** Two generations, one of which is in use, and the other is filled with what the log says. */
class Comparison {
  readonly #parts: ComparisonParts;
  readonly #comparedName: string;

  constructor(parts: ComparisonParts, comparedName: string) {
    this.#parts = parts;
    this.#comparedName = comparedName;
  }

  get collections(): readonly string[] {
    return Object.keys(this.#parts.readModel.indexes).sort();
  }

  /** Keeps everybody from applying anything while the other generation is brought as far and the work is done. */
  held<Result>(fillUpTo: FillUpTo, work: (sides: Sides, position: bigint) => Promise<Result>): Promise<Result> {
    const { mongo, projection } = this.#parts;
    return whileHeld(mongo.db, projection.name, fillUpTo, async ({ position }) => work(await this.sides(), position));
  }

  async sides(): Promise<Sides> {
    const { mongo, projection } = this.#parts;
    const used = await getGeneration(mongo.db, projection.name);
    const anew = await getGeneration(mongo.db, this.#comparedName);
    const documents = ({ prefix }: GenerationRecord) => new Documents(mongo, prefix);
    return { used: documents(used), anew: documents(anew) };
  }
}

const isStill =
  (compared: Compared, position: bigint) =>
  async (sides: Sides): Promise<Compared> => {
    const again = await readAgain(compared, sides);
    return { ...compared, different: again.filter((pair) => differenceAt(pair, position)) };
  };

/** Makes a document in use as the other generation has it. */
const putRight = (name: string, { used }: Sides, { key, anew }: Pair) =>
  asked(async () => {
    const collection = used.collection(name);
    await (anew ? collection.replaceOne({ _id: key }, anew, { upsert: true }) : collection.deleteOne({ _id: key }));
  });

/**
 * Compares without a snapshot, which a single server has not: while the projection goes on, what differs is taken note of, and
 * looked at once more while the projection is held for a moment.
 */
export const comparedGeneration = (
  parts: ComparisonParts,
  store: ProjectionStore,
  comparedName: string,
): ComparedGeneration => {
  const comparison = new Comparison(parts, comparedName);
  const compareAll = async (sides: Sides, position: bigint, onTable: (name: string) => void) => {
    const all: Compared[] = [];
    for (const name of comparison.collections) {
      onTable(name);
      all.push(await compareCollection(name, sides, position));
    }
    return all;
  };
  return {
    store,
    compare: async (fillUpTo, onTable) => {
      const { sides, position } = await comparison.held(fillUpTo, async (both, at) => ({ sides: both, position: at }));
      const all = await compareAll(sides, position, onTable);
      if (all.every(({ different }) => different.length === 0)) return all.map(shownComparison);
      const checked = await comparison.held(fillUpTo, (both, at) =>
        Promise.all(all.map((each) => isStill(each, at)(both))),
      );
      return checked.map(shownComparison);
    },
    repair: (fillUpTo) =>
      comparison.held(fillUpTo, async (sides, position) => {
        for (let repaired = 0; ;) {
          const all = await compareAll(sides, position, () => undefined);
          for (const { name, different } of all) for (const pair of different) await putRight(name, sides, pair);
          repaired += all.reduce((sum, { different }) => sum + different.length, 0);
          if (all.every(({ more }) => more === 0)) return repaired;
        }
      }),
  };
};
