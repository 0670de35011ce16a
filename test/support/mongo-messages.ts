import type { Collection } from 'mongodb';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import { project } from '../../src/application/projections/projector.js';
import {
  messagesProjection,
  searchProjection,
  type MessagesWriters,
} from '../../src/application/projections/registry.js';
import { openMongo, type MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';
import type { GenerationRecord } from '../../src/infrastructure/projections/mongodb/generation-record.js';
import { MongoGenerations } from '../../src/infrastructure/projections/mongodb/mongo-generations.js';
import { TELLING_NOBODY } from './telling-nobody.js';
import type { MongoReadModel } from '../../src/infrastructure/projections/mongodb/mongo-read-model.js';
import { messagesInMemory } from '../../src/infrastructure/read-models/memory/messages-read-model.js';
import { messagesInMongo } from '../../src/infrastructure/read-models/mongodb/messages-read-model.js';
import { searchInMongo } from '../../src/infrastructure/read-models/mongodb/search-read-model.js';
import { rowOf } from '../../src/infrastructure/read-models/mongodb/row-documents.js';
import { Documents } from '../../src/infrastructure/mongodb/documents.js';
import { newDatabaseName, type MongoServer } from './mongodb.js';

type Tables = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** Answers the rows of the `messages` projection, by table and key, as events given one by one make them. */
export const rowsOf = (events: readonly RecordedEvent[]): Tables => {
  const tables = messagesInMemory.create();
  const writers = messagesInMemory.writersOf(tables);
  for (const event of events) project(messagesProjection, writers, event);
  return Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, Object.fromEntries(rows)]));
};

/** Answers generations of the `messages` projection, as a node has them that is connected in this way. */
export const messagesIn = (mongo: MongoDatabase, readModel: MongoReadModel<MessagesWriters> = messagesInMongo) =>
  new MongoGenerations({ mongo, projection: messagesProjection, readModel, teller: TELLING_NOBODY });

/** A projection in a database of its own. */
export interface StoredMessages {
  readonly mongo: MongoDatabase;
  /** Answers the documents as rows. */
  rows(): Promise<Tables>;
  /** Answers a collection of the generation in use. */
  collection(name: string): Promise<Collection>;
  /** Empties the collections and begins at the start of the log. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** Answers generations of the `search` projection. */
export const searchIn = (mongo: MongoDatabase) =>
  new MongoGenerations({ mongo, projection: searchProjection, readModel: searchInMongo, teller: TELLING_NOBODY });

export const openStoredMessages = async (
  { url }: Pick<MongoServer, 'url'>,
  settings?: Parameters<typeof openMongo>[1],
): Promise<StoredMessages> => {
  const mongo = await openMongo(`${url}${newDatabaseName()}`, settings);
  await messagesIn(mongo).prepare();
  return stored(mongo, Object.keys(messagesInMongo.indexes));
};

export const openStoredSearch = async (
  { url }: Pick<MongoServer, 'url'>,
  settings?: Parameters<typeof openMongo>[1],
): Promise<StoredMessages> => {
  const mongo = await openMongo(`${url}${newDatabaseName()}`, settings);
  await searchIn(mongo).prepare();
  return stored(mongo, Object.keys(searchInMongo.indexes));
};

const stored = (mongo: MongoDatabase, names: readonly string[]): StoredMessages => {
  const generations = mongo.db.collection<GenerationRecord>('projections');
  const documents = async () => new Documents(mongo, (await generations.findOne())?.prefix ?? '');
  return {
    mongo,
    rows: async () => {
      const found = await documents();
      const read = async (name: string) => [
        name,
        Object.fromEntries((await found.find(name, {})).map((each) => [each._id, rowOf(each)])),
      ];
      return Object.fromEntries(await Promise.all(names.map(read))) as Tables;
    },
    collection: async (name) => (await documents()).collection(name) as unknown as Collection,
    empty: async () => {
      const found = await documents();
      await Promise.all(names.map((name) => found.collection(name).deleteMany({})));
      await generations.updateOne({}, { $set: { position: 0n, holder: null } });
    },
    close: async () => {
      await mongo.db.dropDatabase();
      await mongo.close();
    },
  };
};
