import { readModelContract } from '../../../contracts/read-models.js';
import { openPostgresReadModels } from '../../../support/postgres-read-models.js';

describe('Read models in PostgreSQL', () => readModelContract(openPostgresReadModels));
