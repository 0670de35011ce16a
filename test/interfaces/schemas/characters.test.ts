import { expect } from 'chai';
import { characters } from '../../../src/interfaces/schemas/characters.js';
import { numbersUpTo } from '../../../src/interfaces/schemas/numbers-up-to.js';

// JSON Schema counts characters, and JavaScript halves of them: a name of 40 emojis was allowed and refused.
describe('A text of two to three characters', () => {
  for (const text of ['ab', 'abc', '😀😀', '😀😀😀', 'a😀'])
    it(`is ${text}`, () => expect(characters(2, 3).safeParse(text)).to.include({ success: true }));
  for (const text of ['', 'a', '😀', 'abcd', '😀😀😀😀'])
    it(`is not ${JSON.stringify(text)}`, () => expect(characters(2, 3).safeParse(text)).to.include({ success: false }));
});

describe('The pattern of the numbers up to a limit', () => {
  for (const limit of ['10', '25', '307', '1000'])
    it(`takes those up to ${limit}, and no other`, () => {
      const pattern = new RegExp(`^(${numbersUpTo(limit).join('|')})$`);
      for (let number = 0; number <= 2 * Number(limit); number += 1)
        expect(pattern.test(String(number)), String(number)).to.equal(number <= Number(limit));
    });
});
