import { expect } from 'chai';
import { isText, MAX_TEXT_LENGTH, normalizeText } from '../../../src/domain/messages/text.js';

describe('a text', () => {
  for (const [what, text] of [
    ['one character', 'a'],
    ['8,000 characters', 'a'.repeat(8_000)],
    ['8,000 characters of two code units each', '😀'.repeat(8_000)],
    ['controls and what is not a character', '\u0001\t\n\u2028\ufeff\uffff'],
  ] as const)
    it(`may hold ${what}`, () => expect(isText(text)).to.equal(true));

  for (const [what, text] of [
    ['nothing', ''],
    ['8,001 characters', 'a'.repeat(8_001)],
    ['8,001 characters of two code units each', '😀'.repeat(8_001)],
    ['U+0000', 'a\0'],
    ['a high surrogate alone', 'a\ud83d'],
    ['a low surrogate alone', '\ude00a'],
  ] as const)
    it(`may not hold ${what}`, () => expect(isText(text)).to.equal(false));

  it('is the same in every spelling of its letters', () =>
    expect(normalizeText('re\u0301sume\u0301')).to.equal('r\u00e9sum\u00e9'));
  it('can grow when it is normalized: what is counted is what is stored', () => {
    const text = '\u0958'.repeat(MAX_TEXT_LENGTH);
    expect(isText(text)).to.equal(true);
    expect(isText(normalizeText(text))).to.equal(false);
  });
});
