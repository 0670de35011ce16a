import { projectionContract } from '../../../contracts/projection-store.js';
import { openPostgresEngine } from '../../../support/postgres-engine.js';

describe('A projection in PostgreSQL', () => projectionContract(openPostgresEngine));
