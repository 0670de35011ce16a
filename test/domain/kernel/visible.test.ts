import { expect } from 'chai';
import fc from 'fast-check';
import { VISIBLE } from '../../../src/domain/kernel/visible.js';

const NOTHING: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'white space': ' \t\n\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\u0085',
  'a zero-width space': '\u200b',
  'a byte order mark': '\ufeff',
  'zero-width joiners': '\u200c\u200d\u2060',
  'marks of direction': '\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
  'variation selectors': '\ufe00\ufe0e\ufe0f\u{e0100}\u{e01ef}\u180b',
  'a soft hyphen': '\u00ad',
  'invisible operators': '\u2061\u2062\u2063\u2064',
  'control characters': '\u0001\u001f\u007f\u009f',
  'the fillers of Hangul': '\u115f\u1160\u3164\uffa0',
  'the blank of Braille': '\u2800',
  tags: '\u{e0001}\u{e0020}\u{e007f}',
  'an accent on nothing': '\u0301\u20dd',
  'a joiner of graphemes': '\u034f',
  'a note without a head': '\u{1d159}',
  'no characters': '\ufffe\u{1ffff}',
  'half a character': '\ud83d',
};

const SOMETHING = [
  '.',
  '\u2764\ufe0f',
  '\u{1f44d}\u{1f3fd}',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '1\ufe0f\u20e3',
  'مرحبا',
  'می\u200cخواهم',
  'ที่',
  'นี้',
  'नमस्ते',
  'क\u094d\u200dष',
  '한국어',
  '日本語',
  'e\u0301',
  '\u2801',
  '\ue000',
];

// A message, a group or a user whose text shows nothing could be sent, started and registered.
describe('A text that shows something', () => {
  for (const [what, text] of Object.entries(NOTHING))
    it(`is not ${what}`, () => {
      expect(VISIBLE.test(text)).to.equal(false);
      for (const character of text) expect(VISIBLE.test(character), JSON.stringify(character)).to.equal(false);
    });

  for (const text of SOMETHING) it(`is ${text}`, () => expect(VISIBLE.test(text)).to.equal(true));

  const unseen = fc.constantFrom(...Object.values(NOTHING).flatMap((text) => [...text]));
  const seen = fc.constantFrom(...SOMETHING);

  it('is made of one visible character, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.array(unseen), (characters) => {
        expect(VISIBLE.test(characters.join(''))).to.equal(false);
      }),
    );
    fc.assert(
      fc.property(fc.array(unseen), seen, fc.array(unseen), (before, text, after) => {
        expect(VISIBLE.test([...before, text, ...after].join(''))).to.equal(true);
      }),
    );
  });
});
