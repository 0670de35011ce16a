import { readModelContract } from '../../../contracts/read-models.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import { dropMongoReadModels, openMongoReadModels } from '../../../support/mongo-read-models.js';

describeOnMongo('Read models in MongoDB', (server) => {
  after(dropMongoReadModels);
  readModelContract(() => openMongoReadModels(server()));
});
