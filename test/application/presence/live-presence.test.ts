import { expect } from 'chai';
import { PRESENCE_LIMITS } from '../../../src/application/presence/presence.js';
import { TooManyWatchedError } from '../../../src/application/presence/watches.js';
import type { PresenceQuestion } from '../../../src/application/ports/presence-audience.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { presenceNodes, SECOND, user, type TestNode } from '../../support/presence-nodes.js';

const { graceMs, awayAfterMs } = PRESENCE_LIMITS;
const [ada, bob, cleo] = [user('ada'), user('bob'), user('cleo')];

/** Says who is hidden from whom, and answers when the test lets it. */
const strictAudience = () => {
  const hidden = new Set<string>();
  const held: (() => void)[] = [];
  const asked: number[] = [];
  let isHolding = false;
  let failing = 0;
  return {
    hide: (viewer: UserId, user: UserId) => hidden.add(`${viewer} ${user}`),
    reveal: (viewer: UserId, user: UserId) => hidden.delete(`${viewer} ${user}`),
    hold: () => (isHolding = true),
    fail: (times: number) => (failing = times),
    /** Lets the latest question be answered first. */
    answerLast: () => held.pop()?.(),
    asked,
    areVisible: async (questions: readonly PresenceQuestion[]): Promise<readonly boolean[]> => {
      asked.push(questions.length);
      const visible = questions.map(({ viewer, userId }) => !hidden.has(`${viewer} ${userId}`));
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
      if (failing-- > 0) throw new Error('nobody knows');
      return visible;
    },
  };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Presence', () => {
  let nodes: ReturnType<typeof presenceNodes>;
  let node: TestNode;
  beforeEach(() => {
    nodes = presenceNodes();
    node = nodes.start('one');
    nodes.pass(SECOND);
  });

  const statuses = (shown: readonly { status: string }[]) => shown.map(({ status }) => status);

  it('is shown of each who is watched, once, known or not', async () => {
    node.connect(bob);
    const watching = node.connect(ada);
    await watching.watch(bob, user('nobody'), bob);
    expect(watching.shown).to.deep.equal([
      { userId: bob, status: 'online' },
      { userId: 'nobody', status: 'offline' },
    ]);
  });

  it('is shown again when it is asked for again', async () => {
    const watching = node.connect(ada);
    await watching.watch(bob);
    await watching.watch(bob);
    expect(statuses(watching.shown)).to.deep.equal(['offline', 'offline']);
  });

  it('is shown as it changes: there, away, back, gone', async () => {
    const watching = node.connect(ada);
    await watching.watch(bob);
    const socket = node.connect(bob);
    const connectedAt = nodes.now();
    nodes.pass(awayAfterMs);
    socket.act();
    nodes.pass(SECOND);
    socket.close();
    const leftAt = nodes.now();
    nodes.pass(graceMs + SECOND);
    expect(watching.shown).to.deep.equal([
      { userId: bob, status: 'offline' },
      { userId: bob, status: 'online' },
      { userId: bob, status: 'away', lastSeenAt: connectedAt },
      { userId: bob, status: 'online' },
      { userId: bob, status: 'offline', lastSeenAt: leftAt },
    ]);
  });

  it('does not flicker when somebody connects again within the grace', async () => {
    const watching = node.connect(ada);
    const first = node.connect(bob);
    await watching.watch(bob);
    first.close();
    nodes.pass(graceMs - SECOND);
    node.connect(bob);
    nodes.pass(10 * SECOND);
    expect(statuses(watching.shown)).to.deep.equal(['online']);
  });

  it('is shown no more to a socket that has unwatched, or is gone', async () => {
    const [unwatching, leaving, staying] = [node.connect(ada), node.connect(ada), node.connect(cleo)];
    for (const each of [unwatching, leaving, staying]) await each.watch(bob);
    node.presence.unwatch(unwatching.watcher, [bob, user('nobody')]);
    leaving.close();
    node.connect(bob);
    expect([unwatching, leaving, staying].map(({ shown }) => statuses(shown))).to.deep.equal([
      ['offline'],
      ['offline'],
      ['offline', 'online'],
    ]);
  });

  it('is watched of a bounded number of users by a socket, and those beyond change nothing', async () => {
    const users = Array.from({ length: PRESENCE_LIMITS.watchedBySocket }, (_, n) => user(`user ${n}`));
    const watching = node.connect(ada);
    await watching.watch(...users);
    await watching.watch(...users.slice(0, 100));
    const error = await watching.watch(users[0] as UserId, bob).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TooManyWatchedError);
    node.presence.unwatch(watching.watcher, users.slice(0, 1));
    await watching.watch(bob);
    node.connect(users[0] as UserId);
    expect(watching.shown).to.have.length(PRESENCE_LIMITS.watchedBySocket + 101);
  });

  it('costs one signal for each who comes, and is shown only to those who watch', async () => {
    const watching = node.connect(ada);
    await watching.watch(bob);
    const before = nodes.sent();
    const crowd = Array.from({ length: 2_000 }, (_, n) => node.connect(user(`user ${n}`)));
    expect(nodes.sent() - before).to.equal(crowd.length);
    for (const each of crowd) each.act();
    expect(nodes.sent() - before).to.equal(crowd.length);
    expect(statuses(watching.shown)).to.deep.equal(['offline']);
    expect(crowd.flatMap(({ shown }) => shown)).to.deep.equal([]);
  });

  describe('of the hidden', () => {
    let audience: ReturnType<typeof strictAudience>;
    beforeEach(() => {
      audience = strictAudience();
      node = nodes.start('strict', audience);
    });

    it('is that of the absent, whatever they do', async () => {
      audience.hide(ada, bob);
      const socket = node.connect(bob);
      const watching = node.connect(ada);
      await watching.watch(bob);
      nodes.pass(awayAfterMs);
      socket.act();
      socket.close();
      nodes.pass(2 * graceMs);
      node.connect(bob);
      expect(watching.shown).to.deep.equal([{ userId: bob, status: 'offline' }]);
    });

    it('changes with who may see whom, and where nothing else is shown, nothing is sent', async () => {
      node.connect(bob);
      const [one, other] = [node.connect(ada), node.connect(cleo)];
      await one.watch(bob, cleo);
      await other.watch(bob);
      audience.hide(ada, bob);
      await node.presence.audienceChanged(bob);
      expect(one.shown.slice(2)).to.deep.equal([{ userId: bob, status: 'offline' }]);
      // Ada herself has changed something, so that all whom she watches are asked about.
      audience.reveal(ada, bob);
      await node.presence.audienceChanged(ada);
      expect(one.shown.slice(3)).to.deep.equal([{ userId: bob, status: 'online' }]);
      expect(statuses(other.shown)).to.deep.equal(['online']);
    });

    it('follows the newest question, whichever answer comes first', async () => {
      node.connect(bob);
      const watching = node.connect(ada);
      audience.hold();
      const first = watching.watch(bob);
      audience.hide(ada, bob);
      const second = node.presence.audienceChanged(bob);
      await settled();
      audience.answerLast();
      await second;
      audience.answerLast();
      await first;
      expect(watching.shown).to.deep.equal([{ userId: bob, status: 'offline' }]);
    });

    it('is not shown before it is known', async () => {
      const watching = node.connect(ada);
      audience.hide(ada, bob);
      audience.hold();
      const asked = watching.watch(bob);
      node.connect(bob);
      expect(watching.shown).to.deep.equal([]);
      audience.answerLast();
      await asked;
      expect(watching.shown).to.deep.equal([{ userId: bob, status: 'offline' }]);
    });

    it('is not shown to a socket that has unwatched meanwhile', async () => {
      const watching = node.connect(ada);
      audience.hold();
      const asked = watching.watch(bob);
      node.presence.unwatch(watching.watcher, [bob]);
      audience.answerLast();
      await asked;
      expect(watching.shown).to.deep.equal([]);
    });

    it('is asked for again when that failed', async () => {
      node.connect(bob);
      const watching = node.connect(ada);
      await watching.watch(bob);
      audience.hide(ada, bob);
      audience.fail(1);
      await node.presence.audienceChanged(bob);
      expect(nodes.failures).to.have.length(1);
      nodes.pass(SECOND);
      await settled();
      expect(statuses(watching.shown)).to.deep.equal(['online', 'offline']);
    });

    // Each watcher of a user needed a query, sixteen of them at a time.
    it('is asked for in one question for all whom a change concerns', async () => {
      const watching = Array.from({ length: 40 }, (_, n) => node.connect(user(`viewer ${n}`)));
      for (const each of watching) await each.watch(bob);
      const own = node.connect(bob);
      await own.watch(ada, cleo);
      const before = audience.asked.length;
      await node.presence.audienceChanged(bob);
      expect(audience.asked.slice(before)).to.deep.equal([42]);
    });

    it('is not watched when the first question fails', async () => {
      const watching = node.connect(ada);
      audience.fail(1);
      const error = await watching.watch(bob).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      expect([...watching.watcher.watched]).to.deep.equal([]);
      node.connect(bob);
      await node.presence.audienceChanged(bob);
      expect(watching.shown).to.deep.equal([]);
    });
  });
});
