import { expect } from 'chai';
import { containsAll, searchWords } from '../../../src/application/search/search-words.js';

describe('What is searched for', () => {
  const QUERIES: Readonly<Record<string, readonly [query: string, words: readonly string[]]>> = {
    'words in normal form': ['  Crème\tBRÛLÉE ', ['creme', 'brulee']],
    'phrases in quotation marks': ['tea "See  you" now', ['tea', 'see you', 'now']],
    'phrases in other quotation marks': ['„See you“ “or not”', ['see you', 'or not']],
    'a phrase without its end': ['"see you', ['see you']],
    'words apart in scripts without spaces': ['東京 天気', ['東京', '天気']],
    'a phrase in a script without spaces': ['"東京 tower"', ['東京tower']],
    'words that are no part of another': ['tea steak "a steak"', ['a steak']],
    'each word once': ['tea TEA', ['tea']],
    'signs as they are': ["% \\ ' c++", ['%', '\\', "'", 'c++']],
    'nothing in spaces and marks': [' "" " " \u0301\u200d ', []],
  };
  for (const [name, [query, words]] of Object.entries(QUERIES))
    it(`is ${name}`, () => expect(searchWords(query)).to.deep.equal(words));

  it('has to be contained whole', () => {
    expect(containsAll('see you at tea', ['tea', 'see you'])).to.equal(true);
    expect(containsAll('see you at tea', ['tea', 'you see'])).to.equal(false);
  });
});
