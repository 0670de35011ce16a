import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { TooManyAttemptsError, type AttemptLimits } from '../../../src/application/ports/attempt-limits.js';
import type { Hash } from '../../../src/domain/kernel/ids.js';
import type { MakeLimiter } from '../../../src/infrastructure/limits/limiters.js';
import { limitersInPostgres } from '../../../src/infrastructure/limits/postgres-limiters.js';
import { createAttemptLimits } from '../../../src/infrastructure/security/attempt-limits.js';
import { attemptLimitsContract } from '../../contracts/attempt-limits.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

describe('Limits of attempts, in PostgreSQL', () => {
  let database: TestDatabase;
  before(async () => (database = await testDatabase()));
  after(() => database.drop());

  /** Answers a place where nothing was counted yet, as one node knows it. */
  const node = (place: string): MakeLimiter =>
    limitersInPostgres(database.pool, { limited: (limit, subject) => `${place} ${limit} ${subject}` as Hash });

  attemptLimitsContract(() => Promise.resolve(node(randomUUID())));

  it('are forgotten on all nodes when one has seen a success', async () => {
    const place = randomUUID();
    const [one, other] = [node(place), node(place)].map((make) =>
      createAttemptLimits({ make, scale: 1, pause: () => Promise.resolve() }),
    ) as [AttemptLimits, AttemptLimits];
    const keys = { address: '192.0.2.1', subject: 'ada' };
    for (let n = 0; n < 10; n += 1) await one.take('login', keys);
    await other.clear('login', keys.subject, keys.address);
    for (let n = 0; n < 10; n += 1) await one.take('login', keys);
    const refused: unknown = await other.take('login', keys).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TooManyAttemptsError);
  });
});
