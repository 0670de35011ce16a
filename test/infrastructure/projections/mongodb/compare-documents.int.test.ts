import { expect } from 'chai';
import { Documents } from '../../../../src/infrastructure/mongodb/documents.js';
import { openMongo, type MongoDatabase } from '../../../../src/infrastructure/mongodb/open-mongo.js';
import {
  compareCollection,
  shownComparison,
} from '../../../../src/infrastructure/projections/mongodb/compare-documents.js';
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

  // Every pair that differed was kept: where a rebuild changes all messages, all of them twice.
  it('keeps the first pairs that differ, and counts the others', async () => {
    const [used, anew] = [new Documents(mongo, 'all_used_'), new Documents(mongo, 'all_anew_')];
    const inserts = Array.from({ length: 1_200 }, (_, n) => ({
      insert: { _id: String(n).padStart(4, '0'), position: 1n },
      changes: [],
    }));
    await anew.write({ messages: inserts });
    const compared = await compareCollection('messages', { used, anew }, 1n);
    expect([compared.different.length, compared.more, compared.different[0]?.key]).to.deep.equal([1_000, 200, '0000']);
    expect(shownComparison(compared)).to.deep.include({ rows: 0, expected: 1_200, differentGroups: 1_200 });
  });
});
