import { readModelContract } from '../../../contracts/read-models.js';
import { openMemoryReadModels } from '../../../support/memory-read-models.js';

describe('Read models in memory', () => readModelContract(openMemoryReadModels));
