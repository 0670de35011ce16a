import { openMemoryIndex } from '../support/index-under-test.js';
import { describePastIndex } from './past-index.js';

describe('The index of the past in memory', () => describePastIndex(openMemoryIndex));
