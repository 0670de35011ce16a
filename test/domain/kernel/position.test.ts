import { expect } from 'chai';
import fc from 'fast-check';
import { comparePositions, earlierOf, hasReached, laterOf, LOG_START } from '../../../src/domain/kernel/position.js';
import { positionOf } from '../../support/ids.js';

const places = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('positions', () => {
  it('compare as the numbers they are', () =>
    fc.assert(
      fc.property(places, places, (a, b) => {
        const compared = comparePositions(positionOf(a), positionOf(b));
        expect(Math.sign(compared)).to.equal(a === b ? 0 : a < b ? -1 : 1);
      }),
    ));
  it('are equal where they are the same place', () =>
    expect(comparePositions(positionOf(10), positionOf(10))).to.equal(0));
  it('have been reached by themselves and by what is later', () => {
    expect(hasReached(positionOf(10), positionOf(10))).to.equal(true);
    expect(hasReached(positionOf(10), positionOf(9))).to.equal(true);
    expect(hasReached(positionOf(9), positionOf(10))).to.equal(false);
  });
  it('are the earlier or the later of two, whichever comes first', () => {
    for (const [a, b] of [
      [positionOf(9), positionOf(10)],
      [positionOf(10), positionOf(9)],
    ] as const)
      expect([earlierOf(a, b), laterOf(a, b)]).to.deep.equal(['9', '10']);
  });
  it('begin before the first event', () => expect(laterOf(LOG_START, positionOf(1))).to.equal('1'));
});
