import { expect } from 'chai';
import fc from 'fast-check';
import {
  addList,
  BLOCK,
  CHUNK,
  chunkOf,
  listOf,
  noMessages,
} from '../../../../src/infrastructure/read-models/postgres/gram-list.js';

const bitsOf = (places: Iterable<number>) => {
  const bits = noMessages();
  for (const place of places) bits.add(place);
  return bits;
};

const read = (list: string) => {
  const bits = noMessages();
  addList(bits, Buffer.from(list, 'hex'));
  return bits.places(0, BLOCK - 1).reverse();
};

describe('The list of a gram', () => {
  const places = fc.uniqueArray(fc.oneof(fc.nat(BLOCK - 1), fc.nat(3 * CHUNK)), { maxLength: 300 });
  const sorted = (numbers: readonly number[]) => [...numbers].sort((one, other) => one - other);

  it('says what was written', () =>
    fc.assert(
      fc.property(places, (numbers) => {
        expect(read(listOf(bitsOf(numbers)))).to.deep.equal(sorted(numbers));
      }),
    ));

  it('is the same, whether it was written at once, or extended chunk by chunk', () =>
    fc.assert(
      fc.property(places, (numbers) => {
        const chunks = new Map<number, number[]>();
        for (const place of sorted(numbers)) {
          const chunk = Math.floor(place / CHUNK);
          chunks.set(chunk, [...(chunks.get(chunk) ?? []), place % CHUNK]);
        }
        const extended = [...chunks].map(([chunk, offsets]) => chunkOf(chunk, offsets)).join('');
        expect(listOf(bitsOf(numbers))).to.equal(extended);
      }),
    ));

  it('takes ten bytes a chunk at most', () =>
    expect(listOf(bitsOf(Array.from({ length: BLOCK }, (_, place) => place))).length).to.equal(
      (BLOCK / CHUNK) * 10 * 2,
    ));

  it('gives places in a range, the last one first', () => {
    const bits = bitsOf([0, 31, 32, 63, 64, 8_191]);
    expect(bits.places(0, 8_191)).to.deep.equal([8_191, 64, 63, 32, 31, 0]);
    expect(bits.places(31, 63)).to.deep.equal([63, 32, 31]);
    expect(bits.places(33, 62)).to.deep.equal([]);
    bits.remove(32);
    expect(bits.places(31, 63)).to.deep.equal([63, 31]);
  });
});
