import { expect } from 'chai';
import { shownReactions } from '../../../src/application/messages/shown-reactions.js';
import { userNumber } from '../../support/ids.js';

const by = (n: number, emoji: string) => ({ emoji, userId: userNumber(n) });

describe('The reactions that a message shows', () => {
  it('are counted by emoji, in the order in which the first of each came', () =>
    expect(shownReactions([by(1, '🎉'), by(2, '👍'), by(3, '🎉'), by(1, '👍🏽')])).to.deep.equal([
      { emoji: '🎉', userIds: [userNumber(1), userNumber(3)], count: 2 },
      { emoji: '👍', userIds: [userNumber(2)], count: 1 },
      { emoji: '👍🏽', userIds: [userNumber(1)], count: 1 },
    ]));

  it('name the first 20 users of each, and are of 20 different emojis at most', () => {
    const [shown] = shownReactions(Array.from({ length: 21 }, (_, n) => by(n, '👍')));
    expect(shown?.userIds).to.deep.equal(Array.from({ length: 20 }, (_, n) => userNumber(n)));
    expect(shown?.count).to.equal(21);
    const many = shownReactions(Array.from({ length: 25 }, (_, n) => by(1, String.fromCodePoint(0x1f600 + n))));
    expect(many.map(({ emoji }) => emoji.codePointAt(0))).to.deep.equal(
      Array.from({ length: 20 }, (_, n) => 0x1f600 + n),
    );
  });
});
