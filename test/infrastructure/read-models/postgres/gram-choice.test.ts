import { expect } from 'chai';
import { gramsToFind, senderGram } from '../../../../src/application/search/grams.js';
import { GramChoice } from '../../../../src/infrastructure/read-models/postgres/gram-choice.js';
import { ada } from '../../../support/ids.js';

/*
 * A search for twenty letters looked up almost every list of each block, some six thousand: the server did nothing else for
 * 44 ms a block, and there may be five hundred of them.
 */
describe('The choice of grams', () => {
  const rangesOf = (words: readonly string[], senderId = undefined as typeof ada | undefined) =>
    new GramChoice({ words, senderId }).ranges;

  it('looks up a few ranges alone, the narrowest, however many letters are searched', () => {
    const letters = Array.from('abcdefghijklmnopqrs');
    expect(rangesOf([...letters, 'tu'])).to.deep.equal(['tu', 'a', 'b'].flatMap(gramsToFind));
  });

  it('looks up the sender beside them', () => {
    const gram = senderGram(ada);
    expect(rangesOf(['tu'], ada)).to.deep.equal([{ first: gram, last: gram }, ...gramsToFind('tu')]);
  });

  it('looks up no range where there are whole grams', () => expect(rangesOf(['tea', 'a'], ada)).to.deep.equal([]));
});
