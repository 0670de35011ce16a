import { expect } from 'chai';
import { gramsToFind, senderGram } from '../../../../src/application/search/grams.js';
import { GramChoice } from '../../../../src/infrastructure/read-models/postgres/gram-choice.js';
import type { BlockBits } from '../../../../src/infrastructure/read-models/postgres/block-bits.js';
import { noMessages } from '../../../../src/infrastructure/read-models/postgres/gram-list.js';
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

  /*
   * Of two words that are each in half of all messages, four grams were looked up in two hundred blocks, although the grams of a
   * word are in the same messages: a megabyte was read where half of it would do.
   */
  describe('once the first blocks are known', () => {
    const EVERY = 8_192;
    const each = (step: number): BlockBits => {
      const bits = noMessages();
      for (let place = 0; place < EVERY; place += step) bits.add(place);
      return bits;
    };
    const gramsOf = (word: string): readonly number[] => gramsToFind(word).map(({ first }) => first);
    const chosen = (lists: ReadonlyMap<number, BlockBits>): readonly number[] => {
      const choice = new GramChoice({ words: ['lunch', 'coffee'], senderId: undefined });
      choice.settle([lists, lists]);
      return choice.grams;
    };
    const [lun, unc, nch] = gramsOf('lunch') as [number, number, number];
    const [cof, off, ffe, fee] = gramsOf('coffee') as [number, number, number, number];

    it('leaves out grams that are in the same messages as others', () => {
      const [twos, threes] = [each(2), each(3)];
      const lists = [lun, unc, nch].map((gram) => [gram, twos] as const);
      const others = [cof, off, ffe, fee].map((gram) => [gram, threes] as const);
      expect(chosen(new Map([...lists, ...others]))).to.have.members([cof, lun]);
    });

    it('uses all that are rare, at most four, and the rarest alone where others spare nothing', () => {
      const rare = [lun, unc, nch, cof, off].map((gram, n) => [gram, each(1_000 - n)] as const);
      expect(chosen(new Map(rare))).to.have.length(4);
      const one = chosen(new Map([lun, unc, nch, cof, off, ffe, fee].map((gram) => [gram, each(2)] as const)));
      expect(one).to.have.length(1);
    });
  });
});
