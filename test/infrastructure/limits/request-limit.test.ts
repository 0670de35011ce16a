import { mock } from 'node:test';
import { expect } from 'chai';
import { limiterInMemory, type MakeLimiter } from '../../../src/infrastructure/limits/limiters.js';
import { createRequestLimit } from '../../../src/infrastructure/limits/request-limit.js';

const PER_MINUTE = 1_200;
const PORTION = 20;
const ADDRESS = '192.0.2.1';

const onUntold = (error: unknown): never => {
  throw error;
};

describe('The limit of requests', () => {
  afterEach(() => mock.timers.reset());

  /** Nodes that add up what they have counted in one place. */
  const nodes = (count: number, scale = 1) => {
    const calls: number[] = [];
    let shared: ReturnType<typeof limiterInMemory> | undefined;
    const make: MakeLimiter = (name, limit) => {
      const limiter = (shared ??= limiterInMemory(name, limit));
      const penalty: typeof limiter.penalty = (subject, points = 1) => {
        calls.push(points);
        return limiter.penalty(subject, points);
      };
      return { points: limit.points, penalty } as ReturnType<MakeLimiter>;
    };
    return { takes: Array.from({ length: count }, () => createRequestLimit({ make, scale, onUntold })), calls };
  };

  /** Answers how many requests of an address go through that are sent to one node after the other. */
  const taken = async (takes: ReturnType<typeof nodes>['takes'], of: number, address = ADDRESS): Promise<number> => {
    let count = 0;
    for (let n = 0; n < of; n += 1) if ((await takes[n % takes.length]?.(address, 1)) === 0) count += 1;
    return count;
  };

  it('lets exactly so many through on one node, and says when to come back', async () => {
    mock.timers.enable({ apis: ['Date'] });
    const { takes } = nodes(1);
    expect(await taken(takes, PER_MINUTE + 100)).to.equal(PER_MINUTE);
    expect(await takes[0]?.(ADDRESS, 1)).to.equal(60);
    expect(await taken(takes, 1, '192.0.2.2')).to.equal(1);
    mock.timers.tick(60_000);
    expect(await taken(takes, PER_MINUTE + 100)).to.equal(PER_MINUTE);
  });

  it('lets at most a portion a node more through on several', async () => {
    mock.timers.enable({ apis: ['Date'] });
    for (const count of [2, 4, 10]) {
      const { takes } = nodes(count);
      const all = await taken(takes, PER_MINUTE * count);
      expect(all, `${count} nodes`).to.be.within(PER_MINUTE, PER_MINUTE + count * PORTION);
      expect(await takes[0]?.(ADDRESS, 1)).to.equal(60);
      mock.timers.tick(60_000);
      expect(await taken(takes, count)).to.equal(count);
    }
  });

  it('tells the others of portions alone, and of those that were let through', async () => {
    const { takes, calls } = nodes(2);
    await taken(takes, 2 * PORTION - 2);
    expect(calls).to.deep.equal([]);
    await taken(takes, 2);
    expect(calls).to.deep.equal([PORTION, PORTION]);
    await takes[0]?.(ADDRESS, 3 * PORTION);
    expect(calls).to.deep.equal([PORTION, PORTION, 3 * PORTION]);
    await taken(takes, PER_MINUTE * 2);
    const told = calls.reduce((sum, one) => sum + one, 0);
    expect(told).to.be.within(PER_MINUTE, PER_MINUTE + 2 * PORTION);
  });

  it('counts what asks for much for more, and an IPv6 network as one', async () => {
    const { takes } = nodes(2);
    for (let n = 0; n < 12; n += 1) expect(await takes[n % 2]?.(`2001:db8:1:2::${n}`, 100)).to.equal(0);
    expect(await takes[1]?.('2001:db8:1:2:ffff::1', 1)).to.be.within(1, 60);
    expect(await takes[0]?.('2001:db8:1:2:ffff::1', PORTION)).to.equal(0);
    expect(await takes[0]?.('2001:db8:1:2:ffff::1', 1)).to.be.within(1, 60);
    expect(await takes[0]?.('2001:db8:1:3::1', 1)).to.equal(0);
  });

  it('goes on by itself where others cannot be told, and says so', async () => {
    const failure = new Error('all connections to the database are taken');
    const untold: unknown[] = [];
    const make = () => ({ penalty: () => Promise.reject(failure) }) as unknown as ReturnType<MakeLimiter>;
    const take = createRequestLimit({ make, scale: 1, onUntold: (error) => untold.push(error) });
    expect(await taken([take], PER_MINUTE + 1)).to.equal(PER_MINUTE);
    expect(untold).to.deep.equal(Array(PER_MINUTE / PORTION).fill(failure));
  });

  it('grows with the scale', async () => {
    const { takes } = nodes(2, 3);
    expect(await taken(takes, PER_MINUTE * 6)).to.be.within(PER_MINUTE * 3, PER_MINUTE * 3 + 6 * PORTION);
  });
});
