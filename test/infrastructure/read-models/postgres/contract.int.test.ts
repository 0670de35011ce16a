import { readModelContract } from '../../../contracts/read-models.js';
import { dropPostgresReadModels, openPostgresReadModels } from '../../../support/postgres-read-models.js';

describe('Read models in PostgreSQL', () => {
  after(dropPostgresReadModels);
  readModelContract(openPostgresReadModels);
});
