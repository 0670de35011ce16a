import { expect } from 'chai';
import { BoundedWork } from '../../src/infrastructure/bounded-work.js';

class Refusal extends Error {}

/** Makes work that ends when it is told to. */
const createWork = () => {
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  return {
    started,
    work: (n: number) => () =>
      new Promise<number>((resolve) => {
        started.push(n);
        ends.set(n, () => resolve(n));
      }),
    end: (n: number) => ends.get(n)?.(),
  };
};

describe('Bounded work', () => {
  it('is begun in the order in which it came, so much at a time, and refused beyond what may wait', async () => {
    const bounded = new BoundedWork({ atOnce: 2, mayWait: 3 }, () => new Refusal());
    const { started, work, end } = createWork();
    const running = [1, 2, 3, 4, 5].map((n) => bounded.run(work(n)));
    const refused = await bounded.run(work(6)).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Refusal);
    expect(started).to.deep.equal([1, 2]);
    end(2);
    expect(await running[1]).to.equal(2);
    expect(started).to.deep.equal([1, 2, 3]);
    running.push(bounded.run(work(7))); // one more may wait again
    for (const n of [1, 3, 4, 5, 7]) {
      end(n);
      expect(await running[n === 7 ? 5 : n - 1]).to.equal(n);
    }
    expect(started).to.deep.equal([1, 2, 3, 4, 5, 7]);
  });

  it('is begun at once again, so much at a time, when all has ended', async () => {
    const bounded = new BoundedWork({ atOnce: 2, mayWait: 0 }, () => new Refusal());
    const { started, work, end } = createWork();
    for (const [one, other] of [
      [1, 2],
      [3, 4],
    ] as const) {
      const running = [bounded.run(work(one)), bounded.run(work(other))];
      expect(await bounded.run(work(9)).catch((error: unknown) => error)).to.be.instanceOf(Refusal);
      end(one);
      end(other);
      expect(await Promise.all(running)).to.deep.equal([one, other]);
    }
    expect(started).to.deep.equal([1, 2, 3, 4]);
  });

  it('leaves its place to the next when it fails', async () => {
    const bounded = new BoundedWork({ atOnce: 1, mayWait: 1 }, () => new Refusal());
    const failing = bounded.run(() => Promise.reject(new Error('broken')));
    const next = bounded.run(() => Promise.resolve('done'));
    expect(await failing.catch((error: unknown) => error)).to.have.property('message', 'broken');
    expect(await next).to.equal('done');
  });
});
