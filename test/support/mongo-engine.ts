import { openMongo, type MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';
import type { GenerationRecord } from '../../src/infrastructure/projections/mongodb/generation-record.js';
import { MongoGenerations } from '../../src/infrastructure/projections/mongodb/mongo-generations.js';
import { TELLING_NOBODY } from './telling-nobody.js';
import type { MongoReadModel } from '../../src/infrastructure/projections/mongodb/mongo-read-model.js';
import { createProjectionStatuses } from '../../src/infrastructure/projections/mongodb/projection-statuses.js';
import type { EngineUnderTest } from '../contracts/projection-steps.js';
import { mortalMongo } from './mortal-mongo.js';
import { newDatabaseName, type MongoServer } from './mongodb.js';
import { numbersProjection, type Numbers } from './numbers-projection.js';
import { numberOf } from './test-codec.js';

/** A read model of one collection, which holds the numbers. Each has the position at which it came. */
export const numbersInMongo: MongoReadModel<Numbers> = {
  indexes: { numbers: [] },
  recent: async ({ events }, documents) => {
    const there = await documents.byKeys(
      'numbers',
      events.map((event) => String(numberOf(event))),
    );
    const known = new Set(there.map(({ _id }) => _id));
    const missing = events.filter((event) => !known.has(String(numberOf(event))));
    return missing.map((event) => ({ problem: `number ${numberOf(event)} is missing`, position: event.position }));
  },
  open: () => {
    const added = new Map<string, number>();
    return {
      load: async () => undefined,
      writers: {
        add: (n) => {
          if (n < 0) throw new Error(`${n} is below 0`);
          added.set(String(n), n);
        },
      },
      stages: () => [
        { numbers: [...added].map(([_id, n]) => ({ insert: { _id, n, position: BigInt(n) }, changes: [] })) },
      ],
    };
  },
};

/** Ends what is held, as when its holders have been silent for long. */
const endHolders = async ({ db }: MongoDatabase): Promise<void> => {
  await db.collection('projections').updateMany({}, { $set: { holder: null } });
  await db.collection('projection_turns').deleteMany({});
};

/** Opens projections in a database of their own. */
export const openMongoEngine = async ({ url }: MongoServer): Promise<EngineUnderTest> => {
  const mongo = await openMongo(`${url}${newDatabaseName()}`);
  const parts = { mongo, readModel: numbersInMongo, teller: TELLING_NOBODY };
  const used = () => mongo.db.collection<GenerationRecord>('projections').findOne({ _id: numbersProjection.name });
  const numbersOf = (record: GenerationRecord | null) =>
    mongo.db.collection<{ _id: string; n: number; position: bigint }>(`${record?.prefix}numbers`);
  /** A query shows nothing that is behind the checkpoint. */
  const numbers = async (): Promise<readonly number[]> => {
    for (;;) {
      const before = await used();
      const found = await numbersOf(before)
        .find({ position: { $lte: before?.position ?? 0n } })
        .toArray();
      if ((await used())?.prefix === before?.prefix) return found.map(({ n }) => n).sort((one, other) => one - other);
    }
  };
  return {
    statuses: createProjectionStatuses(mongo.db),
    generations: (projection = numbersProjection) => new MongoGenerations({ ...parts, projection }),
    numbers,
    tamper: async (how, n) => {
      const record = await used();
      const reached = record?.position ?? 0n;
      const position = BigInt(n) > reached ? reached : BigInt(n); // what stands behind the checkpoint is not shown
      const all = numbersOf(record);
      await (how === 'add' ? all.insertOne({ _id: String(n), n, position }) : all.deleteOne({ _id: String(n) }));
    },
    strayTables: async () => {
      const listed = await mongo.db.listCollections({}, { nameOnly: true }).toArray();
      const known = await mongo.db.collection<GenerationRecord>('projections').find().toArray();
      return listed
        .map(({ name }) => name)
        .filter((name) => name.endsWith('_numbers') && !known.some(({ prefix }) => name.startsWith(prefix)));
    },
    expireLeases: () => endHolders(mongo),
    mortal: async (steps) => {
      const { mongo: dying, death, bury } = mortalMongo(mongo, steps);
      return {
        generations: new MongoGenerations({ ...parts, mongo: dying, projection: numbersProjection }),
        death,
        bury,
      };
    },
    close: async () => {
      await mongo.db.dropDatabase();
      await mongo.close();
    },
  };
};
