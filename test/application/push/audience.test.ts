import { expect } from 'chai';
import { Audience } from '../../../src/application/push/audience.js';
import { ada, bob, cleo, conversationNumber } from '../../support/ids.js';

const [group, other] = [conversationNumber(1), conversationNumber(2)];

describe('The audience', () => {
  let audience: Audience;
  beforeEach(() => {
    audience = new Audience();
    audience.follow(ada);
  });

  const of = (conversationId = group) => [...audience.of(conversationId)];

  it('of a conversation is those who are followed, and nobody else', () => {
    expect([audience.isFollowed(ada), audience.isFollowed(bob)]).to.deep.equal([true, false]);
    audience.add(group, ada);
    audience.add(group, bob);
    expect([of(group), of(other)]).to.deep.equal([[ada], []]);
    audience.follow(bob);
    expect(of(), 'from now on').to.deep.equal([ada]);
    audience.add(group, bob);
    expect(of()).to.deep.equal([ada, bob]);
  });

  it('knows the conversations of one who is followed once more', () => {
    audience.add(group, ada);
    audience.follow(ada);
    audience.unfollow(ada);
    expect(of()).to.deep.equal([]);
  });

  it('loses one who leaves a conversation, from that one alone', () => {
    audience.follow(bob);
    for (const userId of [ada, bob]) for (const conversationId of [group, other]) audience.add(conversationId, userId);
    audience.remove(group, ada);
    expect([of(group), of(other)]).to.deep.equal([[bob], [ada, bob]]);
    for (const userId of [bob, bob, cleo]) audience.remove(group, userId);
    expect([of(group), of(other)]).to.deep.equal([[], [ada, bob]]);
  });

  it('loses one who is followed no more, everywhere; when they come back they are in nothing', () => {
    audience.follow(bob);
    for (const userId of [ada, bob]) for (const conversationId of [group, other]) audience.add(conversationId, userId);
    audience.unfollow(ada);
    audience.unfollow(ada);
    expect([audience.isFollowed(ada), of(group), of(other)]).to.deep.equal([false, [bob], [bob]]);
    audience.follow(ada);
    expect([audience.isFollowed(ada), of(group), of(other)]).to.deep.equal([true, [bob], [bob]]);
  });

  it('sees receipts, but for those who show none, as long as they do and are followed', () => {
    audience.follow(bob);
    expect(audience.seesReceipts(ada)).to.equal(true);
    audience.setReceipts(ada, false);
    expect([ada, bob].map((userId) => audience.seesReceipts(userId))).to.deep.equal([false, true]);
    audience.setReceipts(ada, true);
    expect(audience.seesReceipts(ada)).to.equal(true);
    audience.setReceipts(ada, false);
    audience.unfollow(ada);
    expect(audience.seesReceipts(ada)).to.equal(true);
  });

  it('keeps nothing of the receipts of one who is not followed', () => {
    audience.setReceipts(bob, false);
    audience.follow(bob);
    expect(audience.seesReceipts(bob)).to.equal(true);
  });
});
