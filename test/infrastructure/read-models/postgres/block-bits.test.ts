import { expect } from 'chai';
import fc from 'fast-check';
import { BlockBits } from '../../../../src/infrastructure/read-models/postgres/block-bits.js';

const SIZE = 256;

describe('The messages of a block', () => {
  it('are counted, however many there are', () => {
    const places = fc.uniqueArray(fc.nat({ max: SIZE - 1 }), { maxLength: SIZE });
    fc.assert(
      fc.property(places, (some) => {
        const bits = new BlockBits(SIZE);
        for (const place of some) bits.add(place);
        expect(bits.count()).to.equal(some.length);
      }),
    );
  });
});
