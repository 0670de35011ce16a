import { projectionContract } from '../../../contracts/projection-store.js';
import { dropPostgresEngines, openPostgresEngine } from '../../../support/postgres-engine.js';

describe('A projection in PostgreSQL', () => {
  after(dropPostgresEngines);
  projectionContract(openPostgresEngine);
});
