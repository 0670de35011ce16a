import { expect } from 'chai';
import { openMongo, type MongoDatabase } from '../../../../src/infrastructure/mongodb/open-mongo.js';
import { generationsOf } from '../../../../src/infrastructure/projections/mongodb/generation-record.js';
import { MongoGenerations } from '../../../../src/infrastructure/projections/mongodb/mongo-generations.js';
import { numbersInMongo } from '../../../support/mongo-engine.js';
import { describeOnMongo, newDatabaseName } from '../../../support/mongodb.js';
import { numbersProjection } from '../../../support/numbers-projection.js';
import { TELLING_NOBODY } from '../../../support/telling-nobody.js';

const INDEXED = { ...numbersInMongo, indexes: { numbers: [{ key: { n: 1 }, name: 'by_number' }] } };

describeOnMongo('A generation in MongoDB', (server) => {
  let mongo: MongoDatabase;
  beforeEach(async () => {
    mongo = await openMongo(`${server().url}${newDatabaseName()}`);
  });
  afterEach(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  const generations = (readModel: typeof numbersInMongo, version = numbersProjection.version) =>
    new MongoGenerations({ mongo, projection: { ...numbersProjection, version }, readModel, teller: TELLING_NOBODY });
  const indexes = async () => {
    const used = await generationsOf(mongo.db).findOne({ _id: numbersProjection.name });
    return (await mongo.db.collection(`${used?.prefix}numbers`).indexes()).map(({ name }) => name);
  };

  // Only a generation that was not ready got its indexes: a new index without a new version was never made.
  it('gets an index that the program has been given since, though its version is the same', async () => {
    await generations(numbersInMongo).prepare();
    expect(await indexes()).to.deep.equal(['_id_']);
    await generations(INDEXED).prepare();
    expect(await indexes()).to.have.members(['_id_', 'by_number']);
  });

  it('of another version gets no index of this one', async () => {
    await generations(numbersInMongo).prepare();
    await generations(INDEXED, numbersProjection.version + 1).prepare();
    expect(await indexes()).to.deep.equal(['_id_']);
  });
});
