import { openMemoryIndex } from '../support/index-under-test.js';
import { describeAuditIndex } from './audit-index.js';

describe('The index of events in memory', () => describeAuditIndex(openMemoryIndex));
