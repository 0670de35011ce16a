import { expect } from 'chai';
import { grouped } from '../../../src/application/kernel/grouped.js';

describe('Grouped items', () => {
  it('keep their order, and so do their keys by the first item of each', () => {
    const groups = grouped(['bob', 'ada', 'ben', 'cleo', 'amy'], (name) => name[0]);
    expect([...groups]).to.deep.equal([
      ['b', ['bob', 'ben']],
      ['a', ['ada', 'amy']],
      ['c', ['cleo']],
    ]);
  });

  it('are none where there is nothing to group', () => {
    expect(grouped([], String)).to.deep.equal(new Map());
  });
});
