import { openMongo, type MongoDatabase } from '../../../src/infrastructure/mongodb/open-mongo.js';
import { blobStoreContract } from '../../contracts/blob-store.js';
import { openGridFsBlobs } from '../../support/gridfs-blobs.js';
import { describeOnMongo, newDatabaseName } from '../../support/mongodb.js';

describeOnMongo('Blobs in GridFS', (server) => {
  let mongo: MongoDatabase;
  before(async () => (mongo = await openMongo(`${server().url}${newDatabaseName()}`)));
  after(async () => {
    await mongo.db.dropDatabase();
    await mongo.close();
  });

  blobStoreContract(() => openGridFsBlobs(mongo));
});
