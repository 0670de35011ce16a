import { expect } from 'chai';
import { MongoServerError } from 'mongodb';
import { openMongo, type MongoDatabase } from '../../../../src/infrastructure/mongodb/open-mongo.js';
import { MongoGenerations } from '../../../../src/infrastructure/projections/mongodb/mongo-generations.js';
import { readingFrom } from '../../../../src/infrastructure/projections/mongodb/used-generation.js';
import { failureOf } from '../../../contracts/projection-steps.js';
import { numbersInMongo } from '../../../support/mongo-engine.js';
import { describeOnMongo, newDatabaseName } from '../../../support/mongodb.js';
import { numbersProjection as projection } from '../../../support/numbers-projection.js';
import { TELLING_NOBODY } from '../../../support/telling-nobody.js';

/** What a server answers a cursor whose collection was dropped. */
const killedPlan = () => new MongoServerError({ message: 'collection dropped', code: 175 });

describeOnMongo('A query of the generation in use', (server) => {
  let mongo: MongoDatabase;
  beforeEach(async () => {
    mongo = await openMongo(`${server().url}${newDatabaseName()}`);
    await generations().prepare();
  });
  afterEach(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const generations = () =>
    new MongoGenerations({ mongo, projection, readModel: numbersInMongo, teller: TELLING_NOBODY });
  const change = () =>
    generations().inTurn(new AbortController().signal, async (next) => {
      await next.begin();
      expect(await next.takeOver()).to.equal(true);
    });

  it('is asked again where it failed because the collections were dropped behind a switch', async () => {
    let asked = 0;
    const answer = await readingFrom(
      mongo,
      projection.name,
    )(async () => {
      asked += 1;
      if (asked > 1) return asked;
      await change();
      throw killedPlan();
    });
    expect(answer).to.equal(2);
  });

  it('fails where nothing was switched', async () => {
    const error = killedPlan();
    const query = readingFrom(mongo, projection.name)(() => Promise.reject(error));
    expect(await failureOf(query)).to.equal(error);
  });
});
