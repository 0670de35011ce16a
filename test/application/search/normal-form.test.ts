import { expect } from 'chai';
import fc from 'fast-check';
import { normalForm } from '../../../src/application/search/normal-form.js';

describe('The normal form of a text', () => {
  const ALIKE: Readonly<Record<string, readonly string[]>> = {
    case: ['straße STRASSE STRAẞE', 'strasse strasse strasse'],
    'Turkish letters': ['İstanbul ISPARTA ısparta', 'istanbul isparta isparta'],
    accents: ['Crème Brûlée, naïve, Žižek', 'creme brulee, naive, zizek'],
    'letters with strokes, and ligatures': ['Łódź smørrebrød Ærø œuvre ﬁn', 'lodz smorrebrod aero oeuvre fin'],
    'Greek final sigma and tonos': ['Ὀδυσσεύς ΟΔΥΣΣΕΥΣ', 'οδυσσευσ οδυσσευσ'],
    'Cyrillic ё': ['Ещё ЁЖ', 'еще еж'],
    'Hebrew points and final letters': ['שָׁלוֹם', 'שלומ'],
    'Arabic marks, kinds of alef, and what widens words': ['مَرْحَبًـــا أحمد إلى مدرسة', 'مرحبا احمد الي مدرسه'],
    'Persian letters and digits': ['کی ۱۲۳ ٤٥', 'كي 123 45'],
    'presentation forms': ['ﻣﺮﺣﺒﺎ', 'مرحبا'],
    'widths of characters': ['ＡＢＣ１２３ ｶﾞｷﾞｸﾞ', 'abc123ガギグ'],
    'Japanese sound marks, which make another letter': ['か が は ぱ', 'かがはぱ'],
    'Thai vowels, which are kept': ['น้ำ สวัสดี', 'น้ำสวัสดี'.normalize('NFKD').normalize('NFC')],
    'Devanagari vowels, which are kept': ['हिन्दी', 'हिन्दी'],
    'spaces, where words have any': ['  a \u00a0 b\n\tc ', 'a b c'],
    'spaces beside scripts without': ['使用 iPhone 手机， 东 京', '使用iphone手机,东京'],
    'Korean spaces, which are kept': ['안녕 하세요', '안녕 하세요'],
    'invisible characters': ['so\u00adft zero\u200bwidth ❤\ufe0f', 'soft zerowidth ❤'],
    'quotation marks and dashes': ['don’t “say” 1–2 — 3', 'don\'t "say" 1-2 - 3'],
    'signs of patterns, which are kept': ["50% a_b \\ c's", "50% a_b \\ c's"],
  };
  for (const [name, [text, normal]] of Object.entries(ALIKE))
    it(`makes no difference of ${name}`, () => expect(normalForm(text!)).to.equal(normal));

  it('is its own normal form', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        expect(normalForm(normalForm(text))).to.equal(normalForm(text));
      }),
      { numRuns: 2_000 },
    ));

  it('stays short, whatever ligatures stand for', () => {
    expect(normalForm('ﷺ'.repeat(8_000)).length).to.be.at.most(32_768);
    expect(normalForm(`a${'\u0301'.repeat(10_000)}`)).to.equal('a');
  });
});
