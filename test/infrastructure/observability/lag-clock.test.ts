import { expect } from 'chai';
import { LagClock } from '../../../src/infrastructure/observability/lag-clock.js';
import { positionOf } from '../../support/ids.js';

const at = (seconds: number) => seconds * 1_000;

// A projection that had been five events behind for an hour counted like one that had just been told of them.
describe('The clock of lag', () => {
  it('answers since when there has been something that a follower has not reached', () => {
    const clock = new LagClock();
    const reached = [positionOf(10), positionOf(12)];
    clock.see(positionOf(12), at(0), reached);
    clock.see(positionOf(15), at(5), reached);
    clock.see(positionOf(20), at(9), reached);
    expect(clock.secondsBehind(positionOf(10), at(60))).to.equal(60);
    expect(clock.secondsBehind(positionOf(12), at(60))).to.equal(55);
    expect(clock.secondsBehind(positionOf(15), at(60))).to.equal(51);
    expect(clock.secondsBehind(positionOf(20), at(60))).to.equal(0);
  });

  it('counts from the oldest missing event while the log grows and the follower comes on slowly', () => {
    const clock = new LagClock();
    for (let second = 1; second <= 100; second += 1)
      clock.see(positionOf(second * 10), at(second), [positionOf(Math.max(0, second - 7) * 10)]);
    expect(clock.secondsBehind(positionOf(930), at(100))).to.equal(6);
  });

  it('forgets what every follower has reached, and keeps little for one that never comes on', () => {
    const clock = new LagClock();
    for (let second = 1; second <= 8_000; second += 1) clock.see(positionOf(second), at(second), [positionOf(0)]);
    expect(clock.secondsBehind(positionOf(0), at(8_000))).to.equal(7_999);
    clock.see(positionOf(8_000), at(8_001), [positionOf(8_000)]);
    expect(clock.secondsBehind(positionOf(8_000), at(8_001))).to.equal(0);
    expect(clock.secondsBehind(positionOf(7_999), at(8_002))).to.equal(1);
  });

  it('is exact for an hour in which the log grows every second, and to two seconds for the hour after it', () => {
    const clock = new LagClock();
    const watch = (second: number) => clock.see(positionOf(second), at(second), [positionOf(0)]);
    for (let second = 1; second <= 3_600; second += 1) watch(second);
    const behind = () => [1, 2, 3].map((reached) => clock.secondsBehind(positionOf(reached), at(4_000)));
    expect(behind()).to.deep.equal([3_998, 3_997, 3_996]);
    watch(3_601);
    expect(behind()).to.deep.equal([3_997, 3_997, 3_995]);
  });

  it('stays exact while the log does not grow, however often it is looked at', () => {
    const clock = new LagClock();
    const reached = [positionOf(0)];
    for (const n of [1, 2]) clock.see(positionOf(n), at(n), reached);
    for (let second = 3; second <= 8_000; second += 1) clock.see(positionOf(3), at(second), reached);
    expect(clock.secondsBehind(positionOf(1), at(8_000))).to.equal(7_998);
  });
});
