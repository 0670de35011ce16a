import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { Consumers, type Work } from '../../../src/application/consumers/consumers.js';
import { followLog } from '../../../src/application/consumers/follow-log.js';
import type { EventBatch, SubscribeOptions } from '../../../src/application/ports/event-store.js';
import { positionOf } from '../../support/ids.js';

/** Makes a clock and a way to wait that take no time. */
const timeless = () => {
  const waits: number[] = [];
  const failures: string[] = [];
  let now = 5_000;
  const consumers = new Consumers({
    now: () => now,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      await nextTurn();
    },
    onFailed: (consumer, error) => failures.push(`${consumer}: ${(error as Error).message}`),
  });
  return { consumers, waits, failures, pass: (seconds: number) => (now += seconds * 1_000) };
};

// One error ended live delivery, a projection or the presence of a node for good, and /readyz said that it was ready.
describe('Consumers', () => {
  it('start work again that has thrown, later each time', async () => {
    const { consumers, waits, failures } = timeless();
    const ending = new AbortController();
    let runs = 0;
    await consumers.run('feed', ending.signal, async () => {
      runs += 1;
      if (runs === 4) ending.abort();
      else throw new Error(`failure ${runs}`);
    });
    expect(failures).to.deep.equal(['feed: failure 1', 'feed: failure 2', 'feed: failure 3']);
    expect(waits).to.deep.equal([200, 400, 800]);
  });

  it('wait ten seconds at most before they start it again', async () => {
    const { consumers, waits } = timeless();
    const ending = new AbortController();
    await consumers.run('feed', ending.signal, async () => {
      if (waits.length === 8) ending.abort();
      throw new Error('down');
    });
    expect(waits.slice(-3)).to.deep.equal([6_400, 10_000, 10_000]);
  });

  it('start work again that has ended by itself', async () => {
    const { consumers, failures } = timeless();
    const ending = new AbortController();
    let runs = 0;
    await consumers.run('feed', ending.signal, async () => {
      runs += 1;
      if (runs === 2) ending.abort();
    });
    expect(failures).to.deep.equal(['feed: feed has ended before it was told to']);
  });

  it('begin with a short wait again when the work had gone well for a minute', async () => {
    const { consumers, waits, pass } = timeless();
    const ending = new AbortController();
    let runs = 0;
    await consumers.run('feed', ending.signal, async () => {
      runs += 1;
      if (runs === 5) ending.abort();
      if (runs === 3) pass(60);
      if (runs === 4) pass(61);
      throw new Error('down');
    });
    expect(waits).to.deep.equal([200, 400, 800, 200]);
  });

  it('show one that hangs, and that it has come back to life', async () => {
    const { consumers, pass } = timeless();
    const ending = new AbortController();
    let comeOn = (): void => undefined;
    const hanging: Work = (consumer) =>
      new Promise((resolve) => {
        comeOn = () => {
          consumer.alive();
          resolve();
        };
      });
    const running = consumers.run('feed', ending.signal, hanging, { quietSeconds: 2 });
    const [consumer] = consumers.all;
    pass(2);
    expect(consumer?.silentSeconds).to.equal(0);
    pass(30);
    expect(consumer?.silentSeconds).to.equal(30);
    comeOn();
    expect(consumer?.silentSeconds).to.equal(0);
    ending.abort();
    await running;
  });

  it('are alive where they come on, and not where another node has been reported to', () => {
    const { consumers, pass } = timeless();
    const consumer = consumers.add('projection', 2);
    pass(32);
    consumer.moved(positionOf(7));
    expect(consumer).to.include({ position: '7', silentSeconds: 30 });
    consumer.reached(positionOf(8));
    expect(consumer).to.include({ position: '8', silentSeconds: 0 });
  });
});

describe('A follower of the log', () => {
  it('is given the batch again whose handler threw, and goes on behind it', async () => {
    const { consumers, failures } = timeless();
    const ending = new AbortController();
    const batches: EventBatch[] = [1, 2, 3].map((n) => ({
      after: positionOf(n - 1),
      events: [],
      undecodable: [],
      position: positionOf(n),
      passed: 1,
      caughtUp: n === 3,
    }));
    const asked: unknown[] = [];
    const store = {
      async *subscribe({ after = positionOf(0), filter }: Pick<SubscribeOptions, 'after' | 'filter'>) {
        asked.push([after, filter]);
        yield* batches.slice(Number(after));
      },
    };
    const taken: string[] = [];
    /** The position that it reports while it takes each batch. */
    const reached: (string | undefined)[] = [];
    const take = ({ position }: EventBatch) => {
      taken.push(position);
      reached.push(consumers.all[0]?.position);
      if (position === '2' && taken.length === 2) throw new Error('not now');
      if (position === '3') ending.abort();
    };
    await consumers.run(
      'gate',
      ending.signal,
      followLog({ store, types: ['ContactAdded', 'UserErased'], after: positionOf(0), take }),
    );
    expect(taken).to.deep.equal(['1', '2', '2', '3']);
    expect(reached).to.deep.equal([undefined, '1', '1', '2']);
    const filter = { types: ['ContactAdded', 'UserErased'] };
    expect(asked).to.deep.equal([
      ['0', filter],
      ['1', filter],
    ]);
    expect(failures).to.deep.equal(['gate: not now']);
    expect(consumers.all[0]?.position).to.equal('3');
  });
});
