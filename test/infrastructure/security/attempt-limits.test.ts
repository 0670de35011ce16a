import { limiterInMemory } from '../../../src/infrastructure/limits/limiters.js';
import { attemptLimitsContract } from '../../contracts/attempt-limits.js';

describe('Limits of attempts, in memory', () => {
  attemptLimitsContract(() => Promise.resolve(limiterInMemory));
});
