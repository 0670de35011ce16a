import { expect } from 'chai';
import { isEmoji } from '../../../src/domain/reactions/emoji.js';

describe('An emoji', () => {
  const ones = ['👍', '👍🏽', '❤️', '🏳️‍🌈', '🇦🇹', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1️⃣', '👩🏻‍❤️‍💋‍👨🏿', '👨‍👩‍👧‍👦'];
  for (const one of ones)
    it(`is one of those that Unicode recommends: ${one}`, () => expect(isEmoji(one)).to.equal(true));

  const others: Readonly<Record<string, string>> = {
    nothing: '',
    'a letter': 'a',
    'two of them': '👍👍',
    'one with something behind it': '👍 ',
    'a skin tone upon a digit': '1🏽',
    'half of a flag': '🇦',
    'a name of a property': '__proto__',
    'half a character': '\ud83d',
    '10,000 combining marks': `a${'\u0301'.repeat(10_000)}`,
    'an emoji with 10,000 skin tones': `👍${'🏽'.repeat(10_000)}`,
  };
  for (const [what, text] of Object.entries(others)) it(`is not ${what}`, () => expect(isEmoji(text)).to.equal(false));
});
