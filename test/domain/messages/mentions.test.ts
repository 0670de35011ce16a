import { expect } from 'chai';
import { MAX_MENTIONS, mentionsIn } from '../../../src/domain/messages/mentions.js';

describe('The mentions in a text', () => {
  const found: Readonly<Record<string, readonly (readonly string[])[]>> = {
    'Good morning': [],
    '@ada': [['ada']],
    'Hello @ada, and (@Bob)!': [['ada'], ['bob']],
    '@ADA @ada @Ada': [['ada']],
    'This is for @ada.': [['ada.', 'ada']],
    '@ada.': [['ada.', 'ada']],
    '@a.b-c_d': [['a.b-c_d']],
    'mail ada@example.org': [],
    'mail ada.@example.org': [],
    'é@ada 語@ada 1@ada': [],
    '@@ada': [],
    '@ad': [],
    '@ad.': [['ad.']],
    '@ ada': [],
    '"@ada" @ada:': [['ada']],
    '语 @ada语': [['ada']],
  };
  for (const [text, names] of Object.entries(found))
    it(`are ${JSON.stringify(names)} in ${text}`, () => expect(mentionsIn(text)).to.deep.equal(names));

  it('are none where a name is longer than names are', () => {
    expect(mentionsIn(`@${'a'.repeat(32)}`)).to.have.length(1);
    expect(mentionsIn(`@${'a'.repeat(33)}`)).to.deep.equal([]);
  });

  it('are the first 50 different ones', () => {
    const names = Array.from({ length: 60 }, (_, n) => `user${n}`);
    const text = ['@user0', ...names.map((name) => `@${name}`)].join(' ');
    expect(MAX_MENTIONS).to.equal(50);
    expect(mentionsIn(text).flat()).to.deep.equal(names.slice(0, 50));
  });

  for (const storm of ['@', '@a', '@ab ', '@.@', '@a.', '.@abc', '@-_.'])
    it(`are found in a text of 8,000 characters: ${storm}`, () =>
      expect(mentionsIn(storm.repeat(8_000 / storm.length)).length).to.be.at.most(MAX_MENTIONS));
});
