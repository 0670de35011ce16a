import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import type { EventStore } from '../../src/application/ports/event-store.js';
import { RebuildUnderWayError } from '../../src/application/ports/projection-generations.js';
import {
  RebuildCancelledError,
  RebuildRefusedError,
  type RebuildChoices,
} from '../../src/application/ports/projection-operations.js';
import { handledTypes } from '../../src/application/projections/projector.js';
import { rebuildAtOnce } from '../../src/application/projections/rebuild-at-once.js';
import { runProjection } from '../../src/application/projections/runner.js';
import { batchOf, numbersProjection } from '../support/numbers-projection.js';
import { recordedAt } from '../support/recorded-event.js';
import { ScriptedLog } from '../support/scripted-log.js';
import { batchUpTo, failureOf, numbersUpTo, taken, type GetEngine } from './projection-steps.js';

const { name } = numbersProjection;
const NEXT = { ...numbersProjection, version: numbersProjection.version + 1 };
const NEVER = new AbortController().signal;
const STRAY = 77;
const LONG_MS = 60_000;
const UNHEARD = { advanced: () => undefined, parked: () => undefined, retrying: () => undefined };

/** Tests rebuilds as operators ask for them. */
export const describeRebuilds = (engine: GetEngine): void => {
  let log: ScriptedLog;
  beforeEach(async () => {
    log = new ScriptedLog();
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, 4));
    await store.release();
  });

  const parts = (projection = numbersProjection) => ({
    events: log as unknown as EventStore,
    projection,
    generations: engine().generations(projection),
    observer: UNHEARD,
    signal: NEVER,
    sleep: () => Promise.resolve(),
    onTable: () => undefined,
  });
  /** Rebuilds, and ends that by the signal once this position is applied. */
  const rebuild = async (choices: RebuildChoices = {}, endAt?: string, projection = numbersProjection) => {
    const ending = new AbortController();
    const advanced = (position: string) => {
      if (position === endAt) ending.abort();
    };
    return rebuildAtOnce({ ...parts(projection), observer: { ...UNHEARD, advanced }, signal: ending.signal }, choices);
  };
  const generations = async () => (await engine().statuses.list()).map((each) => [each.name, each.position]);
  const putAll = () => log.put(batchOf(1, 2), batchOf(3), { ...batchOf(4), caughtUp: true });
  const cancelled = async () => {
    putAll();
    expect(await failureOf(rebuild({}, '2'))).to.be.instanceOf(RebuildCancelledError);
    log.subscriptions.length = 0;
  };
  const beginnings = () => log.subscriptions.map(({ after = '0' }) => after);

  it('is compared with what was in use: the same', async () => {
    putAll();
    const { resumedAt, comparison } = await rebuild();
    expect(resumedAt).to.equal(null);
    expect(comparison?.position).to.equal('4');
    expect(comparison?.tables.map((each) => [each.table, each.rows, each.expected, each.difference])).to.deep.equal([
      ['numbers', 3, 3, null],
    ]);
    expect(await generations()).to.deep.equal([[name, '4']]);
  });

  it('is switched to though it differs, and says in what', async () => {
    await engine().tamper('add', STRAY);
    await engine().tamper('remove', 2);
    putAll();
    const { comparison } = await rebuild();
    const [table] = comparison?.tables ?? [];
    expect([table?.rows, table?.expected, table?.difference?.problem]).to.deep.equal([3, 3, 'missing']);
    expect(table?.differentGroups).to.equal(2);
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
  });

  it('is not compared with what was of another version', async () => {
    putAll();
    const { comparison } = await rebuild({}, undefined, NEXT);
    expect(comparison).to.equal(null);
    expect((await engine().statuses.list()).map(({ version }) => version)).to.deep.equal([NEXT.version]);
  });

  it('leaves the one in use when it is cancelled, and goes on from where it was', async () => {
    await engine().tamper('add', STRAY);
    await cancelled();
    expect(await engine().numbers()).to.deep.equal([...numbersUpTo(4), STRAY]);
    expect(await generations()).to.deep.equal([
      [name, '4'],
      [`${name}_rebuild`, '2'],
    ]);
    const { resumedAt } = await rebuild();
    expect([resumedAt, beginnings()[0]]).to.deep.equal(['2', '2']);
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
    expect(await generations()).to.deep.equal([[name, '4']]);
  });

  it('begins anew where that is asked for', async () => {
    await cancelled();
    const { resumedAt } = await rebuild({ isFresh: true });
    expect([resumedAt, beginnings()[0]]).to.deep.equal([null, '0']);
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
  });

  it('begins anew where another version was left unfinished, which is of no use at the next start', async () => {
    await cancelled();
    await engine()
      .generations()
      .dropLeftovers(() => Promise.resolve(true));
    expect(await generations()).to.have.length(2);
    const { resumedAt } = await rebuild({}, undefined, NEXT);
    expect([resumedAt, beginnings()[0]]).to.deep.equal([null, '0']);
    await engine()
      .generations(NEXT)
      .inTurn(NEVER, (next) => next.begin());
    await engine()
      .generations()
      .dropLeftovers(() => Promise.resolve(true));
    expect(await generations()).to.have.length(1);
  });

  it('is thrown away where that is asked for, once', async () => {
    await cancelled();
    const drop = () =>
      engine()
        .generations()
        .atOnce((next) => next.drop());
    expect(await drop()).to.equal(true);
    expect(await generations()).to.deep.equal([[name, '4']]);
    expect(await drop(), 'once more').to.equal(false);
  });

  it('is refused, with who does it, while another node is at it, and can then go on', async () => {
    putAll();
    await engine()
      .generations()
      .inTurn(NEVER, async (next) => {
        await next.begin();
        const failure = await failureOf(rebuild());
        expect(failure).to.be.instanceOf(RebuildUnderWayError);
        expect(String(failure)).to.match(/is being rebuilt already, by (process \d+ on \S+|another node)$/);
        const cancelling = engine()
          .generations()
          .atOnce((other) => other.drop());
        expect(await failureOf(cancelling)).to.be.instanceOf(RebuildUnderWayError);
      });
    expect((await rebuild()).resumedAt).to.equal('0');
  });

  it('does not take the place of what has applied more, unless it is forced', async () => {
    const undecodable = [{ ...recordedAt(2), reason: 'it is spoiled' }];
    log.put({ ...batchOf(1), undecodable, position: batchOf(2).position }, batchOf(3), {
      ...batchOf(4),
      caughtUp: true,
    });
    const failure = await failureOf(rebuild());
    expect(failure).to.be.instanceOf(RebuildRefusedError);
    expect(String(failure)).to.include('(2)').and.to.include('at position 2 (it is spoiled)');
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
    expect((await rebuild({ isForced: true })).resumedAt).to.equal('4');
    expect(await engine().numbers()).to.deep.equal([1]);
    // What stands behind the first one in its stream is parked with it.
    expect((await engine().generations().parked()).map(({ position }) => position)).to.deep.equal(['2', '4']);
  });

  it('takes the place of what has parked the same', async () => {
    const putSpoiled = () => {
      log = new ScriptedLog();
      const undecodable = [{ ...recordedAt(2), reason: 'it is spoiled' }];
      log.put({ ...batchOf(1), undecodable, position: batchOf(2).position }, { ...batchOf(3, 4), caughtUp: true });
    };
    putSpoiled();
    await rebuild({ isForced: true });
    putSpoiled();
    await rebuild();
    expect((await engine().generations().parked()).map(({ position }) => position)).to.deep.equal(['2', '4']);
  });

  it('begins anew where events were parked that can be applied by now', async () => {
    const undecodable = [{ ...recordedAt(2), reason: 'it is spoiled' }];
    log.put({ ...batchOf(1), undecodable, position: batchOf(2).position }, { ...batchOf(3, 4), caughtUp: true });
    await failureOf(rebuild());
    log = new ScriptedLog();
    putAll();
    expect((await rebuild()).resumedAt).to.equal(null);
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
  });

  // It was never as far as the one in use, as long as there was always another event.
  it('comes to its end while more is applied without a pause', async function () {
    this.timeout(LONG_MS);
    log.put(batchOf(1, 2), { ...batchOf(3, 4), caughtUp: true });
    const over = new AbortController();
    let last = 4;
    const advanced = async () => {
      await turn(); // Others have their turn, too.
      log.put(batchOf((last += 1)));
    };
    const following = runProjection({
      events: log,
      store: engine().generations().open(),
      types: handledTypes(numbersProjection),
      observer: { ...UNHEARD, advanced },
      signal: over.signal,
      sleep: () => turn(),
    });
    const tooLate = setTimeout(() => over.abort(), LONG_MS / 2);
    try {
      await rebuildAtOnce({ ...parts(), signal: over.signal }, {});
    } finally {
      clearTimeout(tooLate);
      over.abort();
      await following;
    }
    expect(last).to.be.greaterThan(4);
    expect((await generations()).map(([each]) => each)).to.deep.equal([name]);
    const reached = Number(await engine().generations().checkpoint());
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(reached));
  });

  // The new one came to the last event of its types alone, the one in use was further, and the rebuild went on for ever.
  it('comes as far as the one in use where that stands behind events of others', async () => {
    const store = await taken(engine().generations());
    await store.apply({ events: [], parked: [], from: batchOf(4).position, to: batchOf(6).position });
    await store.release();
    log.put({ ...batchOf(1, 2, 3, 4), caughtUp: true });
    log.put({ ...batchOf(5, 6), events: [], caughtUp: true });
    const { comparison } = await rebuild();
    expect(comparison?.position).to.equal('6');
    expect(await generations()).to.deep.equal([[name, '6']]);
  });
};
