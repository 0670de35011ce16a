import { expect } from 'chai';
import { searchKey, searchTerms } from '../../../src/domain/users/search-key.js';

describe('what users are found by', () => {
  it('makes no difference of case, width and spacing', () => {
    expect(searchKey('  Ａda\t LOVELACE ')).to.equal('ada lovelace');
    expect(searchKey('ÉMILIE')).to.equal('émilie');
  });
  it('is the username, the name and each word of it, once each', () => {
    expect(searchTerms('ada', 'Ada Lovelace')).to.deep.equal(['ada', 'ada lovelace', 'lovelace']);
    expect(searchTerms('ada', '')).to.deep.equal(['ada']);
    expect(searchTerms('li', '李 明')).to.deep.equal(['li', '李 明', '李', '明']);
  });
});
