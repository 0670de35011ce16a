import { expect } from 'chai';
import { ada, bob, cleo, conversationNumber, eve, userNumber } from '../../support/ids.js';
import { group, typingNodes, type TypingNode } from '../../support/typing-nodes.js';

describe('Typing', () => {
  let nodes: ReturnType<typeof typingNodes>;
  let [here, there]: TypingNode[] = [];
  let one: TypingNode;
  let other: TypingNode;
  beforeEach(() => {
    nodes = typingNodes();
    [here, there] = [nodes.start(ada, bob), nodes.start(cleo)];
    [one, other] = [here, there];
  });

  const both = () => [one.shown(), other.shown()];
  /** Lets Ada write, until all who may see it are shown it. */
  const begun = async (mark = 0): Promise<void> => {
    one.tell(ada, true, mark);
    await nodes.known();
    expect(both()).to.deep.equal([[[bob, ada, true]], [[cleo, ada, true]]]);
  };

  it('is shown to the members on each node, once blocks are known, but not to its own user', begun.bind(null, 0));

  it('is told to no other conversation, and to nobody who is gone from it', async () => {
    other.audience.remove(group, cleo);
    one.tell(ada);
    await nodes.known();
    expect(both()).to.deep.equal([[[bob, ada, true]], []]);
  });

  it('ends when it is told so', async () => {
    await begun();
    nodes.pass(1_000);
    one.tell(ada, false);
    expect(both()).to.deep.equal([[[bob, ada, false]], [[cleo, ada, false]]]);
    one.tell(ada, false);
    nodes.pass(10_000);
    expect(nodes.state.published).to.have.length(2);
  });

  it('ends after 6 seconds on each node by itself, unless it is told again', async () => {
    await begun();
    nodes.pass(5_750);
    one.tell(ada);
    expect(both()).to.deep.equal([[[bob, ada, true]], [[cleo, ada, true]]]);
    nodes.pass(5_750);
    expect(both()).to.deep.equal([[], []]);
    nodes.pass(250);
    expect(both()).to.deep.equal([[[bob, ada, false]], [[cleo, ada, false]]]);
    nodes.pass(10_000);
    expect(both()).to.deep.equal([[], []]);
  });

  describe('is passed on', () => {
    const passed = () => nodes.state.published.splice(0).map(({ userId, active }) => [userId, active]);

    it('once a second of each user, with what they told last', async () => {
      await begun();
      expect(passed()).to.deep.equal([[ada, true]]);
      for (let n = 0; n < 40; n += 1) one.tell(ada, n % 2 === 0);
      one.tell(bob);
      expect(passed()).to.deep.equal([[bob, true]]);
      nodes.pass(750);
      expect(passed()).to.deep.equal([]);
      nodes.pass(250);
      expect(passed()).to.deep.equal([[ada, false]]);
      nodes.pass(2_000);
      expect(passed()).to.deep.equal([]);
    });

    it('once a second of each user, though they write in several conversations, of which three wait', async () => {
      const conversations = [1, 2, 3, 4, 5, 6].map((n) => conversationNumber(n));
      for (const each of conversations) {
        one.audience.add(each, ada);
        one.tell(ada, true, 0, each);
      }
      const order = () => nodes.state.published.map(({ conversationId }) => conversations.indexOf(conversationId));
      expect(order()).to.deep.equal([0]);
      nodes.pass(1_000);
      expect(order()).to.deep.equal([0, 1]);
      nodes.pass(5_000);
      expect(order()).to.deep.equal([0, 1, 2, 3]);
    });

    it('not at all where the user has stopped while it waited', async () => {
      const second = conversationNumber(2);
      one.audience.add(second, ada);
      one.tell(ada);
      one.tell(ada, true, 0, second);
      one.tell(ada, false, 0, second);
      nodes.pass(3_000);
      expect(nodes.state.published).to.have.length(1);
    });

    it('no more when the user was removed while it waited', async () => {
      await begun();
      one.tell(ada);
      one.audience.remove(group, ada);
      nodes.pass(1_000);
      expect(nodes.state.published).to.have.length(1);
    });

    it('to no other node while signals are behind, and is shown here', async () => {
      nodes.state.isBehind = true;
      one.tell(ada);
      await nodes.known();
      expect(both()).to.deep.equal([[[bob, ada, true]], []]);
    });

    it('of five users in a conversation at a time', async () => {
      const crowd = [11, 12, 13, 14, 15, 16].map((n) => userNumber(n));
      for (const userId of crowd) one.audience.follow(userId);
      for (const userId of crowd) one.audience.add(group, userId);
      for (const userId of crowd) one.tell(userId);
      await nodes.known();
      expect(other.shown().map(([, userId]) => userId)).to.deep.equal(crowd.slice(0, 5));
      expect(nodes.state.published).to.have.length(5);
      one.tell(crowd[0]!, false);
      nodes.pass(1_000);
      one.tell(crowd[5]!);
      await nodes.known();
      expect(other.shown()).to.deep.equal([
        [cleo, crowd[0], false],
        [cleo, crowd[5], true],
      ]);
    });

    it('of five users at a time to one node, though they write on two', async () => {
      const crowd = [11, 12, 13, 14, 15, 16].map((n) => userNumber(n));
      nodes.state.isHeld = true;
      for (const [n, userId] of crowd.entries()) {
        const node = n < 3 ? one : other;
        node.audience.follow(userId);
        node.audience.add(group, userId);
        node.tell(userId);
      }
      nodes.arrive();
      await nodes.known();
      expect(new Set(one.shown().map(([, userId]) => userId))).to.have.property('size', 5);
    });
  });

  describe('ends with a message of its user', () => {
    it('wherever that was sent', async () => {
      await begun(4);
      for (const node of [one, other]) node.deliver(ada, 5);
      expect(both()).to.deep.equal([[[bob, ada, false]], [[cleo, ada, false]]]);
    });

    it('and of nobody else', async () => {
      await begun(4);
      for (const node of [one, other]) node.deliver(bob, 5);
      expect(both()).to.deep.equal([[], []]);
    });

    it('also when the signal comes behind the message', async () => {
      nodes.state.isHeld = true;
      one.tell(ada, true, 4);
      other.deliver(ada, 5);
      nodes.arrive();
      await nodes.known();
      expect(other.shown()).to.deep.equal([]);
    });

    it('also when the signal waits for its turn', async () => {
      await begun(4);
      one.tell(ada, true, 4);
      one.deliver(ada, 5);
      nodes.pass(2_000);
      expect(one.shown()).to.deep.equal([[bob, ada, false]]);
      expect(nodes.state.published).to.have.length(1);
    });

    it('unless it was told behind the message, which is delivered late', async () => {
      await begun(5);
      other.deliver(ada, 5);
      expect(other.shown()).to.deep.equal([]);
    });
  });

  describe('of users who share a block', () => {
    it('is shown to neither of them, whoever has blocked the other', async () => {
      nodes.blocked.push([ada, cleo], [bob, ada]);
      one.audience.follow(eve);
      one.audience.add(group, eve);
      one.tell(ada);
      await nodes.known();
      nodes.pass(6_000);
      expect(both()).to.deep.equal([
        [
          [eve, ada, true],
          [eve, ada, false],
        ],
        [],
      ]);
    });

    it('ends for all who were shown it, though blocks are being asked for again', async () => {
      await begun();
      one.forgetBlocks(ada);
      nodes.pass(6_000);
      expect(one.shown()).to.deep.equal([[bob, ada, false]]);
    });

    it('is shown again once their blocks are known again, to all who may still see it', async () => {
      await begun();
      nodes.pass(1_000);
      nodes.blocked.push([ada, bob]);
      one.forgetBlocks(ada);
      one.audience.follow(eve);
      one.audience.add(group, eve);
      one.tell(ada);
      expect(one.shown()).to.deep.equal([]);
      await nodes.known();
      expect(one.shown()).to.deep.equal([[eve, ada, true]]);
    });

    it('ends for nobody where it could be shown to nobody', async () => {
      one.tell(ada);
      nodes.pass(6_000);
      await nodes.known();
      expect(both()).to.deep.equal([[], []]);
    });
  });
});
