import { projectionContract } from '../../../contracts/projection-store.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import { openMongoEngine } from '../../../support/mongo-engine.js';

describeOnMongo('A projection in MongoDB', (server) => projectionContract(() => openMongoEngine(server())));
