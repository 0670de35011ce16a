import { expect } from 'chai';
import { LeaseLostError } from '../../src/application/ports/projection-store.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import { positionOf } from '../support/ids.js';
import { numbersProjection } from '../support/numbers-projection.js';
import { recordedAt } from '../support/recorded-event.js';
import { plain } from '../support/test-codec.js';
import { describeChecksums } from './projection-checksums.js';
import { describeComparisons } from './projection-comparisons.js';
import { describeGenerations } from './projection-generations.js';
import { describeKills } from './projection-kills.js';
import { describeRebuilds } from './projection-rebuilds.js';
import { describeUpgrades } from './projection-upgrades.js';
import { batchUpTo, failureOf, numbersUpTo, taken, type EngineUnderTest, type GetEngine } from './projection-steps.js';

const { name } = numbersProjection;
const REFUSED = { ...recordedAt(1), ...plain(-1) };

const describeLeases = (engine: GetEngine): void => {
  it('gives its lease to one at a time, and says where to go on', async () => {
    const [one, other] = [engine().generations().open(), engine().generations().open()];
    expect(await one.acquire()).to.deep.equal({ position: LOG_START, parked: new Set() });
    expect(await other.acquire(), 'of another').to.equal(undefined);
    expect(await one.acquire(), 'its own').to.have.property('position', LOG_START);
    await one.apply(batchUpTo(0, 2));
    await one.release();
    expect(await other.acquire(), 'let go').to.have.property('position', '2');
    await one.release(); // there is nothing to release
    await other.apply(batchUpTo(2, 4));
    await other.release();
    expect(await engine().numbers()).to.deep.equal(numbersUpTo(4));
  });

  for (const [how, take] of Object.entries({
    'whose lease has ended': async (engine: EngineUnderTest) => {
      await engine.expireLeases();
      return taken(engine.generations());
    },
    'whose lease was seized': async (engine: EngineUnderTest) => {
      const other = engine.generations().open();
      await other.seize();
      return other;
    },
  }))
    it(`refuses everything of one ${how}, and has another go on`, async () => {
      const one = await taken(engine().generations());
      await one.apply(batchUpTo(0, 1));
      const other = await take(engine());
      const parked = { ...batchUpTo(1, 1), parked: [{ event: recordedAt(2), reason: 'late' }], to: positionOf(2) };
      for (const late of [batchUpTo(1, 2), parked])
        expect(await failureOf(one.apply(late))).to.be.instanceOf(LeaseLostError);
      expect(await failureOf(one.applyParked(recordedAt(2)))).to.be.instanceOf(LeaseLostError);
      expect(await failureOf(one.keepParked(positionOf(2), 'late'))).to.be.instanceOf(LeaseLostError);
      await one.release();
      expect(await engine().generations().open().acquire(), 'not let go of by another').to.equal(undefined);
      expect([await engine().numbers(), await engine().statuses.parked()]).to.deep.equal([[1], []]);
      await other.apply(batchUpTo(1, 2));
      expect(await engine().numbers()).to.deep.equal([1, 2]);
      await other.release();
    });

  it('does not prolong a lease that another has taken', async () => {
    const one = await taken(engine().generations());
    const other = engine().generations().open();
    await other.seize();
    expect(await failureOf(one.renew())).to.be.instanceOf(LeaseLostError);
    await other.renew();
    await other.release();
    await one.release();
  });

  it('cannot be seized where there is nothing yet', async () => {
    const store = engine()
      .generations({ ...numbersProjection, name: 'unprepared' })
      .open();
    expect(String(await failureOf(store.seize()))).to.include('there are no tables');
    await store.release();
  });
};

const describeApplying = (engine: GetEngine): void => {
  it('moves its checkpoint with what was applied, and over what is of others', async () => {
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, 2));
    expect([await engine().numbers(), await engine().statuses.checkpoint(name)]).to.deep.equal([[1, 2], '2']);
    await store.apply({ ...batchUpTo(2, 2), to: positionOf(9) });
    expect(await engine().statuses.checkpoint(name)).to.equal('9');
    await store.release();
  });

  it('applies nothing of a batch one of whose events is refused, parks nothing, and stays where it was', async () => {
    const store = await taken(engine().generations());
    const batch = { ...batchUpTo(0, 2), parked: [{ event: recordedAt(3), reason: 'it is odd' }], to: positionOf(3) };
    const failure = await failureOf(store.apply({ ...batch, events: [recordedAt(2), REFUSED] }));
    expect(store.isTransient(failure)).to.equal(false);
    const state = async () => [await engine().numbers(), await engine().statuses.checkpoint(name)];
    expect([...(await state()), await engine().statuses.parked()]).to.deep.equal([[], LOG_START, []]);
    await store.apply(batchUpTo(0, 1)); // nothing of the refused one comes with it
    expect(await state()).to.deep.equal([[1], '1']);
    await store.release();
  });

  it('applies each batch once: a repeat does not find the checkpoint where it was', async () => {
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, 2));
    expect(await failureOf(store.apply(batchUpTo(0, 2)))).to.be.instanceOf(LeaseLostError);
    expect(await failureOf(store.apply(batchUpTo(1, 4)))).to.be.instanceOf(LeaseLostError);
    expect(await store.acquire()).to.have.property('position', '2');
    await store.apply(batchUpTo(2, 4));
    expect(await engine().numbers()).to.deep.equal([1, 2, 4]);
    await store.release();
  });

  it('is worked on by nobody once it is stopped, and says why, until it is let go on', async () => {
    const store = await taken(engine().generations());
    await store.apply(batchUpTo(0, 1));
    await store.stop(positionOf(1), 'a hole');
    expect(await store.acquire()).to.equal(undefined);
    await store.release();
    expect(await engine().generations().open().acquire()).to.equal(undefined);
    expect((await engine().statuses.list())[0]).to.include({ position: '1', stopped: 'a hole' });
    await engine().expireLeases();
    expect(await engine().statuses.resume(name)).to.equal(true);
    expect(await engine().statuses.resume(name), 'once more').to.equal(false);
    await (await taken(engine().generations())).release();
    expect((await engine().statuses.list())[0]).to.include({ stopped: null });
  });
};

/** Tests a node that was thought dead, and would stop what another one goes on with. */
const describeLateStops = (engine: GetEngine): void => {
  it('is not stopped by who has lost it to another node', async () => {
    const late = await taken(engine().generations());
    await late.apply(batchUpTo(0, 1));
    await engine().expireLeases();
    const store = await taken(engine().generations());
    expect(await failureOf(late.stop(positionOf(1), 'a hole'))).to.be.instanceOf(LeaseLostError);
    expect((await engine().statuses.list())[0]).to.include({ stopped: null });
    await store.apply(batchUpTo(1, 2));
    await store.stop(positionOf(2), 'another hole');
    expect((await engine().statuses.list())[0]).to.include({ stopped: 'another hole' });
    await store.release();
  });
};

const describeParking = (engine: GetEngine): void => {
  const second = recordedAt(2);
  const park = async () => {
    const store = await taken(engine().generations());
    const parked = [recordedAt(4), second].map((event) => ({ event, reason: `${event.position} is odd` }));
    await store.apply({ events: [recordedAt(1)], parked, from: LOG_START, to: positionOf(4) });
    return store;
  };
  const reasons = async () => (await engine().statuses.parked(name)).map(({ position, reason }) => [position, reason]);

  it('parks an event once, lists it in the order of the log, and its stream to the next holder of the lease', async () => {
    const store = await park();
    await store.apply({ ...batchUpTo(4, 4), parked: [{ event: second, reason: 'again' }] });
    const { streamId, eventId, type } = second;
    const [first, ...rest] = await engine().generations().parked();
    expect(first).to.include({ projection: name, position: '2', streamId, eventId, type, reason: '2 is odd' });
    expect(rest.map(({ position }) => position)).to.deep.equal(['4']);
    expect(await store.acquire()).to.deep.equal({ position: '4', parked: new Set([streamId]) });
    expect((await engine().statuses.list())[0]).to.include({ parked: 2, running: true });
    await store.release();
  });

  it('applies a parked event, and parks it no longer, without moving its checkpoint', async () => {
    const store = await park();
    await store.applyParked(recordedAt(2));
    expect([await engine().numbers(), await reasons()]).to.deep.equal([[1, 2], [['4', '4 is odd']]]);
    expect(await engine().statuses.checkpoint(name)).to.equal('4');
    await store.apply(batchUpTo(4, 5));
    await store.release();
  });

  it('leaves an event parked that is refused again, and says why', async () => {
    const store = await park();
    await failureOf(store.applyParked({ ...recordedAt(2), ...plain(-1) }));
    await store.keepParked(positionOf(2), 'it is still odd');
    expect([await engine().numbers(), await reasons()]).to.deep.equal([
      [1],
      [
        ['2', 'it is still odd'],
        ['4', '4 is odd'],
      ],
    ]);
    await store.release();
  });
};

/** Tests what every engine that keeps projections guarantees. */
export const projectionContract = (open: () => Promise<EngineUnderTest>): void => {
  let opened: EngineUnderTest;
  const engine = () => opened;

  beforeEach(async () => {
    opened = await open();
    await opened.generations().prepare();
  });
  afterEach(() => opened.close());

  describe('under a lease', () => describeLeases(engine));
  describe('that is applied', () => describeApplying(engine));
  describe('that another node has taken over', () => describeLateStops(engine));
  describe('that parks', () => describeParking(engine));
  describe('in generations', () => describeGenerations(engine));
  describe('that is rebuilt at once', () => describeRebuilds(engine));
  describe('of another version', () => describeUpgrades(engine));
  describe('beside what the log says', () => describeComparisons(engine));
  describe('that is summed up', () => describeChecksums(engine));
  describe('whose nodes are killed', () => describeKills(engine));
};
