import { expect } from 'chai';
import { Documents } from '../../../src/infrastructure/mongodb/documents.js';
import { openMongo, type MongoDatabase } from '../../../src/infrastructure/mongodb/open-mongo.js';
import { describeOnMongo, newDatabaseName } from '../../support/mongodb.js';

const MANY = 70;

describeOnMongo('Documents in MongoDB', (server) => {
  let mongo: MongoDatabase;
  let documents: Documents;

  beforeEach(async () => {
    mongo = await openMongo(`${server().url}${newDatabaseName()}`);
    documents = new Documents(mongo, 'one_');
  });
  afterEach(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const things = async () => (await documents.find('things', {})).map(({ _id, n }) => [_id, n as number]).sort();
  const writeOf = (_id: string, n: number) => ({
    insert: { _id, n },
    changes: [{ filter: { _id, n: { $lt: n } }, update: { $set: { n } } }],
  });

  it('are inserted where they are new, and changed where they are there already and fit', async () => {
    await documents.write({ things: [writeOf('a', 1), writeOf('b', 5)] });
    await documents.write({ things: [writeOf('c', 3), writeOf('a', 2), writeOf('b', 4)] });
    expect(await things()).to.deep.equal([
      ['a', 2],
      ['b', 5],
      ['c', 3],
    ]);
  });

  it('are changed in requests that are as small as the server needs', async () => {
    const all = Array.from({ length: MANY }, (_, n) => `thing ${n}`);
    await documents.write({ things: all.map((key) => writeOf(key, 1)) });
    await documents.write({ things: all.map((key) => ({ changes: writeOf(key, 2).changes })) });
    expect(new Set((await things()).map(([, n]) => n))).to.deep.equal(new Set([2]));
    expect((await documents.byKeys('things', all)).length).to.equal(MANY);
  });

  // Each start makes what is missing. FerretDB cut the connection over indexes that were there, and no server started.
  it('are made again without harm, with several indexes', async () => {
    const indexes = { things: [{ key: { n: 1 } }, { key: { n: 1, m: 1 } }, { key: { m: 1 } }] } as const;
    for (let n = 0; n < 2; n += 1) await documents.make(indexes);
    const made = await documents.collection('things').listIndexes().toArray();
    expect(made.map(({ key }) => Object.keys(key as object).join(' ')).sort()).to.deep.equal(['_id', 'm', 'n', 'n m']);
  });

  it('are made with their indexes once, however many nodes do it, and dropped without those of another generation', async () => {
    const indexes = { things: [{ key: { n: 1 } }], others: [] };
    await Promise.all([1, 2, 3].map(() => documents.make(indexes)));
    await new Documents(mongo, 'two_').make(indexes);
    const keys = async () =>
      (await documents.collection('things').indexes()).map(({ key }) => Object.keys(key as object));
    expect(await keys()).to.deep.equal([['_id'], ['n']]);
    await documents.drop();
    const left = (await mongo.db.listCollections().toArray()).map(({ name }) => name).sort();
    expect(left).to.deep.equal(['two_others', 'two_things']);
  });
});
