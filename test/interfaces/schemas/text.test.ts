import { expect } from 'chai';
import { text } from '../../../src/interfaces/schemas/fields.js';

const MARKS = '\u0301\u0323';

const complaints = (given: string): string[] => text.safeParse(given).error?.issues.map(({ message }) => message) ?? [];

// Unicode's normal forms sort marks that follow one another, which takes four times as long for twice as many: a frame of
// 32,000 marks stalled the server for two seconds.
describe('A text with combining marks', () => {
  it('is taken with up to 100 in a row, as often as it likes', () => {
    expect(complaints(`a${MARKS.repeat(50)}`.repeat(79))).to.deep.equal([]);
  });

  it('is refused with more in a row', () => {
    expect(complaints(`a${MARKS.repeat(50)}\u0301`)).to.deep.equal(['stacks more than 100 marks']);
    expect(complaints(`a${'\u0301'.repeat(10_000)}`)).to.deep.equal(['stacks more than 100 marks']);
  });

  it('is not even normalized where there are more: nothing is said of its length', () => {
    expect(complaints('a'.repeat(8_001))).to.deep.equal(['takes 1 to 8,000 characters in normal form C']);
    expect(complaints('a'.repeat(8_001) + MARKS.repeat(16_000))).to.deep.equal(['stacks more than 100 marks']);
  });
});
