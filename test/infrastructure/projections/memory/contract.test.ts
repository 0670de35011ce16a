import { projectionContract } from '../../../contracts/projection-store.js';
import { openMemoryEngine } from '../../../support/memory-engine.js';

describe('A projection in memory', () => projectionContract(openMemoryEngine));
