import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type pg from 'pg';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { DatabaseOverloadedError } from '../../../src/application/ports/database-overloaded.js';
import { clearLimits } from '../../../src/infrastructure/limits/clear-limits.js';
import type { Limiter } from '../../../src/infrastructure/limits/limiters.js';
import { limitersInPostgres } from '../../../src/infrastructure/limits/postgres-limiters.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { createKeyedHashes } from '../../../src/infrastructure/security/keyed-hashes.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';

const [claims, passwords, tickets, requests] = [1, 2, 3, 4].map(() => randomBytes(32)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
const hashes = createKeyedHashes({ claims, passwords, tickets, requests });
/** None of as many questions at once waits for another. */
const CONNECTIONS = 15;
const TEN_IN_A_MINUTE = { points: 10, seconds: 60 };

/** Answers how many of so many that come at once are let through. */
const takenOf = async (count: number, ...limiters: readonly Limiter[]): Promise<number> => {
  const isTaken = async (n: number): Promise<boolean> => {
    try {
      await limiters[n % limiters.length]?.consume('ada');
      return true;
    } catch (error) {
      if (error instanceof RateLimiterRes) return false;
      throw error;
    }
  };
  const taken = await Promise.all(Array.from({ length: count }, (_, n) => isTaken(n)));
  return taken.filter(Boolean).length;
};

describe('Limiters in PostgreSQL', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  /** Connections of two nodes; the other one's go over a proxy. */
  let pools: readonly [pg.Pool, pg.Pool];
  beforeEach(async () => {
    database = await testDatabase();
    proxy = await openTcpProxy(database.url);
    const poolOf = (url: string) => createPool({ url, max: CONNECTIONS, name: 'test', onIdleError: () => undefined });
    pools = [poolOf(database.url), poolOf(proxy.url)];
  });
  afterEach(async () => {
    for (const pool of pools) await pool.end();
    await proxy.close();
    await database.drop();
  });

  const nodes = (name: string, limit: { readonly points: number; readonly seconds: number; isFinal?: boolean }) =>
    pools.map((pool) => limitersInPostgres(pool, hashes)(name, limit)) as [Limiter, Limiter];
  const stored = async () => {
    const { rows } = await database.pool.query<{ key: string; points: number }>(
      'select key, points from security.limits order by key',
    );
    return rows;
  };

  // Each node counted for itself, so that two nodes took twice as many guesses.
  it('let through no more than the limit, however many come to two nodes at once', async () => {
    expect(await takenOf(2 * CONNECTIONS, ...nodes('login', TEN_IN_A_MINUTE))).to.equal(10);
    expect(await takenOf(2, ...nodes('login', TEN_IN_A_MINUTE))).to.equal(0);
    expect(await takenOf(2 * CONNECTIONS, ...nodes('register', TEN_IN_A_MINUTE))).to.equal(10);
  });

  it('store neither who nor from where, and keep limits apart', async () => {
    const [login] = nodes('login', TEN_IN_A_MINUTE);
    const [register] = nodes('register', TEN_IN_A_MINUTE);
    for (const limiter of [login, register])
      for (const subject of ['ada@example.org', '192.0.2.1']) await limiter.consume(subject);
    const keys = (await stored()).map(({ key }) => key);
    expect(keys.join('\n')).to.match(/^(login:[\w-]{43}\n){2}(register:[\w-]{43}\n?){2}$/);
    expect(new Set(keys.map((key) => key.split(':')[1]))).to.have.property('size', 4);
  });

  it('ask nobody any more for a limit that is used up for good, and for others always', async () => {
    const [final] = nodes('final', { ...TEN_IN_A_MINUTE, isFinal: true });
    const [other] = nodes('other', TEN_IN_A_MINUTE);
    expect(await takenOf(10, final)).to.equal(10);
    for (const limiter of [final, other]) expect(await takenOf(20, limiter)).to.be.at.most(10);
    expect((await stored()).map(({ points }) => points)).to.deep.equal([10, 20]);
  });

  it('are cleared when they have expired, and not before', async () => {
    const [limiter] = nodes('login', TEN_IN_A_MINUTE);
    const expiresAt = Date.now() + 60_000;
    await limiter.consume('ada');
    expect(await clearLimits(database.pool, expiresAt + 50_000)).to.equal(0);
    expect(await stored()).to.have.length(1);
    expect(await clearLimits(database.pool, expiresAt + 120_000)).to.equal(1);
    expect(await stored()).to.deep.equal([]);
  });

  it('are cleared though they are many', async () => {
    await database.pool.query(
      `insert into security.limits (key, points, expire) select n::text, 1, n from generate_series(1, 25_001) n`,
    );
    expect(await clearLimits(database.pool, Date.now())).to.equal(25_001);
  });

  // Whoever asked for more at once than there are connections was counted in memory, and let through twice as often.
  it('refuse while the database has too much to do, and count in no memory', async () => {
    const [limiter] = nodes('login', TEN_IN_A_MINUTE);
    const busy = await Promise.all(Array.from({ length: CONNECTIONS }, () => pools[0].connect()));
    const refusal: unknown = await limiter.consume('ada').catch((error: unknown) => error);
    for (const client of busy) client.release();
    expect(refusal).to.be.instanceOf(DatabaseOverloadedError);
    expect(await stored()).to.deep.equal([]);
  });

  it('count in memory while the database is away, and together again when it is back', async () => {
    const [here, away] = nodes('login', TEN_IN_A_MINUTE);
    await takenOf(4, here, away);
    await proxy.refuse();
    expect(await takenOf(CONNECTIONS, away)).to.equal(10);
    const refusal: unknown = await away.consume('ada').catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(RateLimiterRes);
    expect((refusal as RateLimiterRes).msBeforeNext).to.be.within(1, 60_000);
    await proxy.admit();
    expect(await takenOf(CONNECTIONS, away)).to.equal(6);
    expect(await takenOf(CONNECTIONS, here)).to.equal(0);
  });
});
