import { expect } from 'chai';
import { byteRangeOf } from '../../../src/interfaces/http/byte-range.js';

describe('A range of bytes', () => {
  const SIZE = 10;
  const ranges: Record<string, ReturnType<typeof byteRangeOf>> = {
    'bytes=0-0': { start: 0, end: 1 },
    'bytes=2-5': { start: 2, end: 6 },
    'bytes=2-': { start: 2, end: 10 },
    'bytes=9-': { start: 9, end: 10 },
    'bytes=0-999': { start: 0, end: 10 },
    'bytes=-3': { start: 7, end: 10 },
    'bytes=-999': { start: 0, end: 10 },
    'bytes=9-1': 'unsatisfiable',
    'bytes=10-': 'unsatisfiable',
    'bytes=10-20': 'unsatisfiable',
    'bytes=-0': 'unsatisfiable',
    'bytes=-': 'unsatisfiable',
    'bytes=': 'unsatisfiable',
    'bytes=a-b': 'unsatisfiable',
    'bytes=1-2-3': 'unsatisfiable',
    'bytes=1.5-2': 'unsatisfiable',
    'bytes=99999999999999999999-': 'unsatisfiable',
    'bytes=0-1,3-4': 'none',
    'lines=1-2': 'none',
    '': 'none',
  };
  for (const [header, range] of Object.entries(ranges))
    it(`"${header}" is ${JSON.stringify(range)}`, () => expect(byteRangeOf(header, SIZE)).to.deep.equal(range));

  it('is none where none is asked for', () => expect(byteRangeOf(undefined, SIZE)).to.equal('none'));
});
