import { expect } from 'chai';
import type { EventStore } from '../../src/application/ports/event-store.js';
import { compareRecent } from '../../src/application/projections/compare-recent.js';
import { repairFromLog } from '../../src/application/projections/repair-from-log.js';
import { redriveProjection } from '../../src/application/projections/redrive.js';
import { verifyProjection } from '../../src/application/projections/verify.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { createMemoryEventStore } from '../../src/infrastructure/event-store/memory/memory-event-store.js';
import { positionOf } from '../support/ids.js';
import { batchOf, numbersProjection } from '../support/numbers-projection.js';
import { recordedAt } from '../support/recorded-event.js';
import { ScriptedLog } from '../support/scripted-log.js';
import { eventNumbered, testCodec } from '../support/test-codec.js';
import { batchUpTo, failureOf, taken, type GetEngine } from './projection-steps.js';
import { appendTo, newStream } from './store-steps.js';

const ignored = () => undefined;

/** Tests that the generation in use is compared with what the log says. */
export const describeComparisons = (engine: GetEngine): void => {
  const log = () => {
    const scripted = new ScriptedLog();
    scripted.put(batchOf(1, 2), batchOf(3, 4, 5));
    return scripted as unknown as EventStore;
  };
  const parts = () => ({
    events: log(),
    projection: numbersProjection,
    generations: engine().generations(),
    onEvents: ignored,
    onTable: ignored,
  });
  const verify = async () => (await verifyProjection(parts())).tables;

  beforeEach(async () => {
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, 5));
    await store.release();
  });

  it('finds nothing where it is as the log has it, and leaves nothing behind', async () => {
    expect(await verifyProjection(parts())).to.have.property('position', '5');
    const [numbers, ...others] = await verify();
    expect(numbers).to.include({ table: 'numbers', rows: 4, expected: 4, differentGroups: 0, difference: null });
    expect(others).to.deep.equal([]);
    expect((await engine().statuses.list()).map(({ name }) => name)).to.deep.equal([numbersProjection.name]);
  });

  it('reports a row that is missing, and of one that the log does not know', async () => {
    await engine().tamper('remove', 2);
    expect((await verify())[0]).to.deep.include({ rows: 3, expected: 4, differentGroups: 1 });
    expect((await verify())[0]?.difference).to.include({ table: 'numbers', problem: 'missing' });
    await engine().tamper('add', 2);
    await engine().tamper('add', 77);
    expect((await verify())[0]?.difference).to.include({ table: 'numbers', problem: 'not in the log' });
  });

  it('leaves out what is parked', async () => {
    const store = await taken(engine().generations());
    await store.apply({ ...batchUpTo(5, 5), parked: [{ event: recordedAt(4), reason: 'it is odd' }] });
    await store.release();
    await engine().tamper('remove', 4);
    expect((await verify())[0]).to.include({ rows: 3, expected: 3, difference: null });
  });

  it('holds the projection while it is compared at its checkpoint, and not for longer', async () => {
    const store = await taken(engine().generations());
    let applying: Promise<void> = Promise.resolve();
    const tables = await engine()
      .generations()
      .withComparison(async (comparison) => {
        await comparison.store.acquire();
        const compared = await comparison.compare(async (to) => {
          expect(to).to.equal('5');
          applying = store.apply(batchUpTo(5, 7));
          await comparison.store.apply(batchUpTo(0, 5));
          expect(await engine().statuses.checkpoint(numbersProjection.name)).to.equal('5');
        }, ignored);
        await applying;
        return compared;
      });
    expect(tables[0]).to.include({ rows: 4, expected: 4, difference: null });
    expect(await engine().statuses.checkpoint(numbersProjection.name)).to.equal('7');
    await store.release();
  });

  it('is gone, and holds nothing, when what it was made for fails', async () => {
    const failing = engine()
      .generations()
      .withComparison((comparison) => comparison.repair(() => Promise.reject(new Error('no room'))));
    expect(await failureOf(failing)).to.have.property('message', 'no room');
    expect((await engine().statuses.list()).map(({ name }) => name)).to.deep.equal([numbersProjection.name]);
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(5, 6)); // nobody holds the lease now
    await store.release();
  });

  it('puts rows right that are not as the log has them, and answers how many those were', async () => {
    await engine().tamper('remove', 2);
    await engine().tamper('remove', 4);
    await engine().tamper('add', 77);
    expect(await repairFromLog(parts())).to.equal(3);
    expect(await engine().numbers()).to.deep.equal([1, 2, 4, 5]);
    expect(await repairFromLog(parts()), 'again').to.equal(0);
  });

  it('reports what the newest events have not left there', async () => {
    expect(await compareRecent(parts())).to.deep.equal({ events: 4, problems: [] });
    await engine().tamper('remove', 5);
    await engine().tamper('remove', 2);
    expect((await compareRecent(parts())).problems).to.deep.equal(['number 2 is missing', 'number 5 is missing']);
  });

  it('takes in what was parked, once its cause is gone', async () => {
    const events = createMemoryEventStore(testCodec);
    const append = appendTo(() => events);
    const streamId = newStream();
    await append(streamId, 'any', eventNumbered(8), eventNumbered(-1), eventNumbered(11));
    const generations = engine().generations({ ...numbersProjection, name: 'redriven' });
    await generations.prepare();
    const store = await taken(generations);
    const parked = [1, 2, 3].map((n) => ({ event: { ...recordedAt(n), streamId }, reason: 'it is odd' }));
    await store.apply({ events: [], parked, from: LOG_START, to: positionOf(3) });
    await store.release();
    expect(await redriveProjection({ events, generations })).to.deep.equal({ applied: 1, stillParked: 2 });
    expect((await generations.parked()).map(({ position }) => position)).to.deep.equal(['2', '3']);
  });
};
