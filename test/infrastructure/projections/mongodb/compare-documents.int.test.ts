import { expect } from 'chai';
import { Documents } from '../../../../src/infrastructure/mongodb/documents.js';
import { openMongo, type MongoDatabase } from '../../../../src/infrastructure/mongodb/open-mongo.js';
import { compareCollection } from '../../../../src/infrastructure/projections/mongodb/compare-documents.js';
import { describeOnMongo, newDatabaseName } from '../../../support/mongodb.js';

/** MongoDB compares texts by their bytes. UTF-16, by which programs compare them, has these two the other way round. */
const [FIRST, SECOND] = ['m u ✌️', 'm u ✌🏻'];

/*
 * Two collections were gone through in another order than that of MongoDB: a document that both had was taken for one that only
 * one of them had, once for each. A repair put it right, then deleted it.
 */
describeOnMongo('The comparison of collections in MongoDB', (server) => {
  let mongo: MongoDatabase;
  before(async () => {
    mongo = await openMongo(`${server().url}${newDatabaseName()}`);
  });
  after(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  it('pairs documents by their keys, in the order that MongoDB gives them', async () => {
    const [used, anew] = [new Documents(mongo, 'used_'), new Documents(mongo, 'anew_')];
    const document = (_id: string) => ({ _id, position: 1n });
    await used.write({ reactions: [FIRST, SECOND].map((key) => ({ insert: document(key), changes: [] })) });
    await anew.write({ reactions: [{ insert: document(SECOND), changes: [] }] });
    const { different } = await compareCollection('reactions', { used, anew }, 1n);
    expect(different).to.deep.equal([{ key: FIRST, used: document(FIRST), anew: undefined }]);
  });
});
