import { expect } from 'chai';
import type { EventStore } from '../../src/application/ports/event-store.js';
import type { NextGeneration } from '../../src/application/ports/projection-generations.js';
import { rebuildProjection } from '../../src/application/projections/rebuild.js';
import { positionOf } from '../support/ids.js';
import { batchOf, numbersProjection } from '../support/numbers-projection.js';
import { recordedAt } from '../support/recorded-event.js';
import { ScriptedLog } from '../support/scripted-log.js';
import { batchUpTo, numbersUpTo, taken, type GetEngine, type MortalNode } from './projection-steps.js';

const { name, version } = numbersProjection;
const LONG_MS = 240_000;
/** A node that has not died after this many steps never does. */
const MOST_STEPS = 400;
const STRAY = 77;
const NEVER = new AbortController().signal;

/** Tests a node that is killed before each of its steps and before each of its answers. */
export const describeKills = (engine: GetEngine): void => {
  /**
   * Has nodes do the work, each of which is killed later than the one before, until one finishes; answers how many were
   * killed.
   */
  const killEach = async (work: (node: MortalNode, steps: number) => Promise<void>): Promise<number> => {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const node = await engine().mortal(steps);
      await work(node, steps);
      if (!node.death.aborted) return steps;
    }
    return expect.fail(`it did not come to its end in ${MOST_STEPS} steps`);
  };

  const rebuild = async ({ generations, death }: Pick<MortalNode, 'generations' | 'death'>): Promise<void> => {
    const log = new ScriptedLog();
    log.put(batchOf(1, 2), { ...batchOf(3, 4, 5), caughtUp: true });
    const observer = { advanced: () => undefined, parked: () => undefined, retrying: () => undefined };
    const rebuilt = { events: log as unknown as EventStore, projection: numbersProjection, generations, observer };
    await rebuildProjection({ ...rebuilt, signal: death, sleep: () => Promise.resolve() });
  };

  it('leaves the old generation or the new one, whole, and lets another rebuild and clear up, wherever a rebuild is killed', async function () {
    this.timeout(LONG_MS);
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, 5));
    await store.release();
    const killed = await killEach(async (node, steps) => {
      await engine().tamper('add', STRAY);
      await rebuild(node).catch(() => undefined); // the node was killed
      await node.bury();
      const [rebuilt, before] = [numbersUpTo(5), [...numbersUpTo(5), STRAY]];
      expect([rebuilt, before], `after ${steps} steps`).to.deep.include(await engine().numbers());
      await engine().expireLeases();
      await rebuild({ generations: engine().generations(), death: NEVER });
      expect(await engine().numbers(), `after ${steps} steps and a rebuild`).to.deep.equal(rebuilt);
      await engine()
        .generations()
        .dropLeftovers(() => Promise.resolve(false));
      expect(await engine().strayTables(), `after ${steps} steps`).to.deep.equal([]);
      const generations = await engine().statuses.list();
      expect(generations.map((each) => [each.name, each.version, each.position])).to.deep.equal([[name, version, '5']]);
    });
    expect(killed).to.be.greaterThan(5);
  });

  it('leaves the one or the other, whole, wherever a node is killed that holds the one in use for the switch', async function () {
    this.timeout(LONG_MS);
    const fill = async (next: NextGeneration, to: number): Promise<void> => {
      const store = next.open();
      const from = await store.acquire();
      await store.apply(batchUpTo(Number(from?.position), to));
      await store.release();
    };
    const used = await taken(engine().generations());
    await used.apply(batchUpTo(0, 5));
    await used.release();
    const killed = await killEach(async ({ generations, bury }, steps) => {
      await engine().tamper('add', STRAY);
      await engine()
        .generations()
        .inTurn(NEVER, async (next) => {
          await next.begin();
          await fill(next, 2);
        });
      const takeOver = async () => generations.inTurn(NEVER, (next) => next.takeOver((to) => fill(next, Number(to))));
      await takeOver().catch(() => undefined); // the node was killed
      await bury();
      const [rebuilt, before] = [numbersUpTo(5), [...numbersUpTo(5), STRAY]];
      expect([rebuilt, before], `after ${steps} steps`).to.deep.include(await engine().numbers());
      await engine().expireLeases();
      await rebuild({ generations: engine().generations(), death: NEVER });
      expect(await engine().numbers(), `after ${steps} steps and a rebuild`).to.deep.equal(rebuilt);
    });
    expect(killed).to.be.greaterThan(5);
    await (await taken(engine().generations())).apply(batchUpTo(5, 6)); // Nobody holds it any more.
  });

  it('applies each event once, and parks it once, wherever the node that works on it is killed', async function () {
    this.timeout(LONG_MS);
    /** The position at which each node starts; the work of the node before it stays. */
    let start = 0;
    const parkedSoFar: string[] = [];
    const batches = () => [
      {
        ...batchUpTo(start, start + 1),
        parked: [{ event: recordedAt(start + 2), reason: 'odd' }],
        to: positionOf(start + 2),
      },
      batchUpTo(start + 2, start + 5),
    ];
    const isThere = (n: number) => n % 3 !== 0 && !parkedSoFar.includes(String(n));
    const expected = (upTo: number) => numbersUpTo(upTo).filter(isThere);
    const work = async ({ generations }: Pick<MortalNode, 'generations'>): Promise<void> => {
      const store = generations.open();
      const from = await store.acquire();
      const done = Number(from?.position ?? 0);
      for (const batch of batches()) if (Number(batch.from) >= done) await store.apply(batch);
      await store.release();
    };
    const killed = await killEach(async (node, steps) => {
      parkedSoFar.push(String(start + 2));
      await work(node).catch(() => undefined); // the node was killed
      await node.bury();
      const reached = Number(await engine().statuses.checkpoint(name));
      expect([start, start + 2, start + 5], `after ${steps} steps`).to.include(reached);
      expect(await engine().numbers(), `after ${steps} steps`).to.deep.equal(expected(reached));
      await engine().expireLeases();
      await work({ generations: engine().generations() });
      start += 5;
      expect(await engine().numbers(), `after ${steps} steps and another node`).to.deep.equal(expected(start));
      expect((await engine().generations().parked()).map(({ position }) => position)).to.deep.equal(parkedSoFar);
    });
    expect(killed).to.be.greaterThan(3);
  });
};
