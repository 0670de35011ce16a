import { expect } from 'chai';
import { looksPerByte } from '../../../../src/infrastructure/read-models/postgres/comparing-cost.js';

describe('The looks that like takes at a byte', () => {
  it('are one for words that do not repeat their beginning', () => {
    expect(looksPerByte([])).to.equal(1);
    expect(looksPerByte(['lunch'])).to.equal(2);
    expect(looksPerByte(['lunch', 'coffee'])).to.equal(3);
  });

  it('are more by what comes again of the beginning, wherever it ends', () => {
    expect(looksPerByte(['aaaa'])).to.equal(5);
    expect(looksPerByte(['abcabcx'])).to.equal(5);
    expect(looksPerByte([`${'a'.repeat(255)}b`])).to.equal(256);
    expect(looksPerByte(['aabaaaab'])).to.equal(5);
  });
});
