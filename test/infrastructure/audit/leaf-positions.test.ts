import { expect } from 'chai';
import fc from 'fast-check';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { encodePositions, indexOfPosition } from '../../../src/infrastructure/audit/leaf-positions.js';

describe('The positions of leaves', () => {
  it('are found where they are, and only there', () => {
    const positions = fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String), { minLength: 1 });
    fc.assert(
      fc.property(positions, fc.nat(), (list, n) => {
        const [bytes, wanted] = [encodePositions(list as Position[]), list[n % list.length] as Position];
        expect(indexOfPosition(bytes, wanted)).to.equal(list.indexOf(wanted));
        const others = encodePositions(list.filter((each) => each !== wanted) as Position[]);
        expect(indexOfPosition(others, wanted)).to.equal(-1);
      }),
    );
  });

  it('are not taken from the end of one and the beginning of the next', () => {
    const bytes = encodePositions(['1', '256', '72057594037927936'] as Position[]);
    expect(indexOfPosition(bytes, '65536' as Position)).to.equal(-1);
    expect(indexOfPosition(bytes, '256' as Position)).to.equal(1);
  });
});
