import { expect } from 'chai';
import fc from 'fast-check';
import { ANY_GRAM, gramsOfText, gramsToFind, MAX_GRAMS, senderGram } from '../../../src/application/search/grams.js';
import { normalForm } from '../../../src/application/search/normal-form.js';
import { searchWords } from '../../../src/application/search/search-words.js';
import { ada, bob } from '../../support/ids.js';

/** Says whether a text with these grams may contain this. */
const mayContain = (text: string, phrase: string): boolean => {
  const grams = [...gramsOfText(text)];
  return gramsToFind(phrase).every(({ first, last }) => grams.some((gram) => gram >= first && gram <= last));
};

describe('The grams of a text', () => {
  const scripts = fc.constantFrom(...Array.from('abé ßم東京タส👍🏽𠀀 \u0301"'));
  const text = fc.array(fc.oneof(scripts, fc.string({ unit: 'grapheme', maxLength: 1 })), { maxLength: 20 });

  it('have everything that a part of the text is looked for by, where that holds no quotation mark', () => {
    const cut = fc.tuple(text, fc.nat(), fc.nat());
    fc.assert(
      fc.property(cut, ([characters, at, length]) => {
        const whole = normalForm(characters.join(''));
        const points = [...whole];
        const start = at % (points.length + 1);
        const part = points
          .slice(start, start + (length % 8) + 1)
          .join('')
          .replaceAll('"', ' ');
        const contained = searchWords(`"${part}"`).filter((word) => whole.includes(word));
        expect(
          contained.filter((word) => !mayContain(whole, word)),
          whole,
        ).to.deep.equal([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('have not what the text does not contain, by and large', () => {
    expect(mayContain('see you at tea', 'steak')).to.equal(false);
    expect(mayContain('see you at tea', 'ea')).to.equal(true);
    expect(mayContain('see you at tea', 'te')).to.equal(true);
    expect(mayContain('see you at tea', 'y')).to.equal(true);
    expect(mayContain('see you at tea', 'ya')).to.equal(false);
    expect(mayContain('see you at tea', 'x')).to.equal(false);
    expect(mayContain('東京タワー', '京タ')).to.equal(true);
    expect(mayContain('東京タワー', '東タ')).to.equal(false);
  });

  it('do not reach over spaces', () => expect(gramsOfText('ab c').size).to.equal(3));

  it('are few, or one that every search finds', () => {
    const long = Array.from({ length: MAX_GRAMS + 1 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('');
    expect(gramsOfText(long)).to.deep.equal(new Set([ANY_GRAM]));
    expect(gramsOfText('@'.repeat(8_000)).size).to.equal(3);
  });

  it('are apart from those of senders, and fit in a number', () => {
    const highest = Math.max(...gramsOfText('\u{10ffff}'.repeat(3)));
    expect(senderGram(ada)).to.be.above(highest);
    expect(senderGram(ada)).not.to.equal(senderGram(bob));
    expect(Number.isSafeInteger(senderGram(ada))).to.equal(true);
  });
});
