import { expect } from 'chai';
import { setImmediate as turn } from 'node:timers/promises';
import type { NextGeneration } from '../../src/application/ports/projection-generations.js';
import { GenerationGoneError, LeaseLostError } from '../../src/application/ports/projection-store.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { positionOf } from '../support/ids.js';
import { numbersProjection } from '../support/numbers-projection.js';
import { recordedAt } from '../support/recorded-event.js';
import { batchUpTo, failureOf, numbersUpTo, taken, type GetEngine } from './projection-steps.js';

const { name, version } = numbersProjection;
const NEXT = { ...numbersProjection, version: version + 1 };
const NEVER = new AbortController().signal;
const NEVER_KEPT = () => Promise.resolve(false);

/** Tests generations that are prepared, filled beside the one in use, and switched to. */
export const describeGenerations = (engine: GetEngine): void => {
  const rows = async () =>
    (await engine().statuses.list()).map((each) => [each.name, each.version, each.position] as const);
  /** Fills the generation in use up to a position. */
  const fill = async (to: number) => {
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, to));
    await store.release();
  };
  const fillNext = async (next: NextGeneration, to: number) => {
    const store = next.open();
    await store.acquire();
    await store.apply(batchUpTo(0, to));
    return store;
  };

  it('is made once by several nodes that begin at the same moment, and left as it is by later ones', async () => {
    const other = { ...numbersProjection, name: 'others' };
    const nodes = [1, 2, 3].map(() => engine().generations(other));
    expect(await nodes[0]?.checkpoint(), 'before').to.equal(undefined);
    await Promise.all(nodes.map((each) => each.prepare()));
    await fill(4);
    await engine().generations().prepare();
    expect(await rows()).to.deep.equal([
      [name, version, '4'],
      ['others', version, LOG_START],
    ]);
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
  });

  it('is outdated for a program of another version, until that is confirmed', async () => {
    const [used, newer] = [engine().generations(), engine().generations(NEXT)];
    expect(
      await engine()
        .generations({ ...NEXT, name: 'unprepared' })
        .isOutdated(),
    ).to.equal(false);
    expect([await used.isOutdated(), await newer.isOutdated()]).to.deep.equal([false, true]);
    await newer.prepare();
    expect(await newer.isOutdated()).to.equal(true);
    expect(String(await failureOf(newer.open().acquire()))).to.match(/of another version/);
    await newer.inTurn(NEVER, (next) => next.confirmVersion());
    expect([await used.isOutdated(), await newer.isOutdated()]).to.deep.equal([true, false]);
  });

  it('is filled beside the one in use, and takes its place with what it has parked', async () => {
    await fill(4);
    await engine().tamper('add', 77);
    await engine()
      .generations(NEXT)
      .inTurn(NEVER, async (next) => {
        await next.begin();
        const store = next.open();
        await store.acquire();
        const parked = [{ event: recordedAt(4), reason: 'it is odd' }];
        await store.apply({ events: [recordedAt(1), recordedAt(2)], parked, from: LOG_START, to: positionOf(4) });
        expect(await engine().numbers(), 'before').to.deep.equal([...numbersUpTo(4), 77]);
        expect(await next.takeOver()).to.equal(true);
        await store.release();
      });
    expect(await engine().numbers()).to.deep.equal([1, 2]);
    expect(await rows()).to.deep.equal([[name, NEXT.version, '4']]);
    expect((await engine().generations(NEXT).parked()).map(({ position }) => position)).to.deep.equal(['4']);
  });

  for (const [position, next] of [
    [10, 9],
    [1, 0],
  ] as const)
    it(`does not take the place of one that is further: ${next} beside ${position}`, async () => {
      await fill(position);
      await engine()
        .generations(NEXT)
        .inTurn(NEVER, async (beside) => {
          await beside.begin();
          const store = await fillNext(beside, next);
          expect(await beside.takeOver()).to.equal(false);
          expect(await engine().numbers()).to.deep.equal(numbersUpTo(position));
          await store.apply(batchUpTo(next, position));
          expect(await beside.takeOver(), 'once it is as far').to.equal(true);
        });
      expect(await rows()).to.deep.equal([[name, NEXT.version, String(position)]]);
    });

  it('does not take the place of another before it was begun', async () => {
    await fill(2);
    expect(
      await engine()
        .generations()
        .inTurn(NEVER, (next) => next.takeOver()),
    ).to.equal(false);
    expect(await engine().numbers()).to.deep.equal([1, 2]);
  });

  it('holds the one in use while it is brought as far, and takes its place before anything else is applied', async () => {
    await fill(5);
    const used = await taken(engine().generations());
    let applying: Promise<unknown> = Promise.resolve();
    await engine()
      .generations(NEXT)
      .inTurn(NEVER, async (next) => {
        await next.begin();
        const bring = async (to: Position) => {
          expect(to).to.equal('5');
          applying = failureOf(used.apply(batchUpTo(5, 7)));
          await (await fillNext(next, 5)).release();
          expect(await engine().generations().checkpoint()).to.equal('5');
        };
        expect(await next.takeOver(bring)).to.equal(true);
      });
    expect(await applying).to.be.instanceOf(LeaseLostError);
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(5));
    expect(await rows()).to.deep.equal([[name, NEXT.version, '5']]);
    await (await taken(engine().generations(NEXT))).apply(batchUpTo(5, 7));
  });

  it('leaves the one in use where it could not be brought as far, and that is applied to at once', async () => {
    await fill(5);
    const used = await taken(engine().generations());
    const full = new Error('no room');
    await engine()
      .generations(NEXT)
      .inTurn(NEVER, async (next) => {
        await next.begin();
        const bringHalf = async () => {
          await (await fillNext(next, 3)).release(); // as where it is cancelled
        };
        expect(await next.takeOver(bringHalf)).to.equal(false);
        await used.apply(batchUpTo(5, 7));
        expect(await failureOf(next.takeOver(() => Promise.reject(full)))).to.equal(full);
        await used.apply(batchUpTo(7, 8));
      });
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(8));
    expect(await rows()).to.deep.equal([
      [name, version, '8'],
      [`${name}_rebuild`, NEXT.version, '3'],
    ]);
  });

  it('is refused to whoever filled what was thrown away, or what another has taken the place of', async () => {
    const older = await taken(engine().generations());
    await older.apply(batchUpTo(0, 1));
    await engine()
      .generations(NEXT)
      .inTurn(NEVER, async (next) => {
        await next.begin();
        const before = await fillNext(next, 1);
        await next.begin();
        expect(await failureOf(before.apply(batchUpTo(1, 2)))).to.be.instanceOf(LeaseLostError);
        const after = await fillNext(next, 1);
        expect(await next.takeOver()).to.equal(true);
        expect(await failureOf(after.apply(batchUpTo(1, 2)))).to.be.instanceOf(LeaseLostError);
        expect(await failureOf(after.acquire())).to.be.instanceOf(GenerationGoneError);
      });
    expect(await failureOf(older.apply(batchUpTo(1, 2)))).to.be.instanceOf(LeaseLostError);
    expect(String(await failureOf(older.acquire()))).to.match(/of another version/);
    expect(await engine().numbers()).to.deep.equal([1]);
    await (await taken(engine().generations(NEXT))).apply(batchUpTo(1, 2));
    expect(await engine().numbers()).to.deep.equal([1, 2]);
  });

  it('is seen whole by those who read while it is switched', async () => {
    await fill(2);
    const seen = new Set<string>();
    const over = new AbortController();
    const reading = (async () => {
      while (!over.signal.aborted) {
        seen.add(String(await engine().numbers()));
        await turn();
      }
    })();
    const fills = [4, 8, 14, 20];
    for (const to of fills) {
      await engine()
        .generations()
        .inTurn(NEVER, async (next) => {
          await next.begin();
          const bring = async () => {
            await fillNext(next, to);
          };
          while (!(await next.takeOver(bring))) await turn();
        });
      expect(await engine().numbers()).to.deep.equal(numbersUpTo(to));
    }
    over.abort();
    await reading;
    const whole = [2, ...fills].map((n) => String(numbersUpTo(n)));
    expect([...seen].filter((each) => !whole.includes(each))).to.deep.equal([]);
  });

  it('is brought up to date by one node at a time; who waits may give up', async () => {
    const told: string[] = [];
    const ending = new AbortController();
    await engine()
      .generations()
      .inTurn(NEVER, async () => {
        const waiting = engine()
          .generations()
          .inTurn(ending.signal, async () => told.push('in between'));
        ending.abort(new Error('no more'));
        expect(await failureOf(waiting)).to.be.instanceOf(Error);
        told.push('first');
      });
    await engine()
      .generations()
      .inTurn(NEVER, async () => told.push('next'));
    expect(told).to.deep.equal(['first', 'next']);
  });

  it('lets another have its turn when the work fails', async () => {
    const failing = engine()
      .generations()
      .inTurn(NEVER, () => Promise.reject(new Error('no room')));
    expect(await failureOf(failing)).to.have.property('message', 'no room');
    expect(
      await engine()
        .generations()
        .inTurn(NEVER, async () => 'done'),
    ).to.equal('done');
  });

  it('is thrown away where it was left, and not where somebody is filling it', async () => {
    await engine()
      .generations()
      .inTurn(NEVER, async (next) => {
        await next.begin();
        expect(await engine().generations().dropLeftovers(NEVER_KEPT), 'while it is filled').to.equal(true);
        expect((await rows()).length).to.equal(2);
      });
    expect(await engine().generations().dropLeftovers(NEVER_KEPT), 'where it was left').to.equal(false);
    expect(await rows()).to.deep.equal([[name, version, LOG_START]]);
  });

  it('is kept where it was left, as long as it may be from where it stands', async () => {
    await engine()
      .generations()
      .inTurn(NEVER, async (next) => {
        await next.begin();
        await (await fillNext(next, 2)).release();
      });
    const asked: Position[] = [];
    const isKept = (answer: boolean) => async (position: Position) => {
      asked.push(position);
      return answer;
    };
    expect(await engine().generations().dropLeftovers(isKept(true))).to.equal(false);
    expect((await rows()).length).to.equal(2);
    await engine().generations().dropLeftovers(isKept(false));
    expect((await rows()).length).to.equal(1);
    await engine().generations().dropLeftovers(isKept(true));
    expect(asked).to.deep.equal(['2', '2']);
  });
};
