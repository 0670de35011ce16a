import { expect } from 'chai';
import fc from 'fast-check';
import { PRESENCE_LIMITS } from '../../../src/application/presence/presence.js';
import { presenceNodes, SECOND, user, type TestClient, type TestNode } from '../../support/presence-nodes.js';

const { graceMs, silenceMs } = PRESENCE_LIMITS;
const [ada, bob, cleo] = [user('ada'), user('bob'), user('cleo')];
const RUNS = 200;

describe('Presence among nodes', () => {
  let nodes: ReturnType<typeof presenceNodes>;
  let here: TestNode;
  let there: TestNode;
  beforeEach(() => {
    nodes = presenceNodes();
    [here, there] = [nodes.start('here'), nodes.start('there')];
    nodes.pass(SECOND);
  });

  const statuses = ({ shown }: TestClient) => shown.map(({ status }) => status);

  it('is known on the others', async () => {
    const watching = here.connect(ada);
    await watching.watch(bob);
    const socket = there.connect(bob);
    nodes.deliver();
    socket.close();
    const leftAt = nodes.now();
    nodes.pass(graceMs + SECOND);
    expect(watching.shown).to.deep.equal([
      { userId: bob, status: 'offline' },
      { userId: bob, status: 'online' },
      { userId: bob, status: 'offline', lastSeenAt: leftAt },
    ]);
  });

  it('does not flicker when somebody moves from one to the other', async () => {
    const watching = here.connect(ada);
    const socket = there.connect(bob);
    nodes.deliver();
    await watching.watch(bob);
    socket.close();
    here.connect(bob);
    nodes.pass(4 * graceMs);
    expect(statuses(watching)).to.deep.equal(['online']);
  });

  it('is known to a node that starts, however many are there', async () => {
    const users = Array.from({ length: 1_000 }, (_, n) => user(`user ${n}`));
    for (const each of users) there.connect(each);
    here.connect(bob);
    nodes.deliver();
    const watching = nodes.start('late').connect(ada);
    nodes.pass(SECOND);
    await watching.watch(bob, cleo, users[0]!, users[999]!);
    expect(statuses(watching)).to.deep.equal(['online', 'offline', 'online', 'online']);
  });

  it('ends with a node that says nothing any more', async () => {
    const watching = here.connect(ada);
    there.connect(bob);
    nodes.deliver();
    await watching.watch(bob);
    there.kill();
    nodes.pass(silenceMs - 2 * SECOND);
    expect(statuses(watching)).to.deep.equal(['online']);
    nodes.pass(3 * SECOND);
    expect(statuses(watching)).to.deep.equal(['online', 'offline']);
  });

  it('outlives a node that goes with a goodbye by the grace', async () => {
    const watching = here.connect(ada);
    for (const each of [bob, cleo]) there.connect(each);
    nodes.deliver();
    await watching.watch(bob, cleo);
    there.presence.leave();
    nodes.deliver();
    there.kill();
    here.connect(bob);
    nodes.pass(graceMs);
    expect(watching.shown.slice(2).map(({ userId, status }) => [userId, status])).to.deep.equal([[cleo, 'offline']]);
  });

  it('is asked for again from a node that was thought gone', async () => {
    const watching = here.connect(ada);
    there.connect(bob);
    nodes.deliver();
    await watching.watch(bob);
    // Nothing arrives for a while, in either direction.
    for (let n = 0; n < 9; n += 1) {
      nodes.deliver(() => true);
      here.presence.tick(nodes.now() + n * SECOND);
    }
    expect(statuses(watching)).to.deep.equal(['online', 'offline']);
    nodes.pass(15 * SECOND);
    expect(statuses(watching)).to.deep.equal(['online', 'offline', 'online']);
  });

  it('does not end because this node was asleep', async () => {
    const watching = here.connect(ada);
    there.connect(bob);
    nodes.deliver();
    await watching.watch(bob);
    here.presence.tick(nodes.now() + 100 * SECOND);
    expect(statuses(watching)).to.deep.equal(['online']);
  });

  it('is learnt anew from a node all of whose users have gone unheard', async () => {
    const watching = here.connect(ada);
    const socket = there.connect(bob);
    nodes.deliver();
    await watching.watch(bob);
    socket.close();
    there.presence.tick(nodes.now() + graceMs);
    nodes.deliver(() => true);
    here.presence.ask();
    nodes.pass(2 * SECOND);
    expect(statuses(watching)).to.deep.equal(['online', 'offline']);
  });

  it('is learnt anew though the question was lost, once the other knows that it has missed something', async () => {
    const watching = here.connect(ada);
    await watching.watch(bob);
    there.connect(bob);
    nodes.deliver(() => true);
    here.presence.ask();
    nodes.deliver(() => true);
    there.presence.ask();
    nodes.pass(2 * SECOND);
    expect(statuses(watching)).to.deep.equal(['offline', 'online']);
  });

  it('does not change while everything is sent again', async () => {
    const users = Array.from({ length: 500 }, (_, n) => user(`user ${n}`));
    for (const each of users) there.connect(each);
    nodes.pass(SECOND);
    const watching = here.connect(ada);
    await watching.watch(...users);
    here.presence.ask();
    nodes.pass(2 * SECOND);
    expect(new Set(statuses(watching))).to.deep.equal(new Set(['online']));
    expect(watching.shown).to.have.length(users.length);
  });

  it('is asked of the one alone that is not known', () => {
    nodes.start('third');
    nodes.pass(5 * SECOND);
    const before = nodes.sent();
    here.presence.receive({ kind: 'beat' }, 'a stranger' as typeof here.id, nodes.now());
    nodes.deliver();
    expect(nodes.sent() - before).to.equal(1);
  });

  it('is sent once to many who ask within a moment', () => {
    there.connect(bob);
    nodes.pass(5 * SECOND);
    const before = nodes.sent();
    for (let n = 0; n < 50; n += 1) here.presence.ask();
    nodes.deliver();
    expect(nodes.sent() - before).to.equal(50 + 1);
    nodes.pass(2 * SECOND);
    expect(nodes.sent() - before).to.be.below(50 + 6);
  });

  it('comes to what is true, whatever happens, is lost and is asked for again', async () => {
    const users = ['a', 'b', 'c', 'd'].map(user);
    const step = fc.record({
      what: fc.constantFrom('connect', 'connect', 'close', 'act', 'kill', 'leave', 'start', 'lose', 'pass', 'idle'),
      who: fc.nat({ max: users.length - 1 }),
      which: fc.nat({ max: 9 }),
      seconds: fc.nat({ max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = presenceNodes();
        const running = new Map<TestNode, Set<TestClient>>();
        let started = 0;
        const start = () => running.set(world.start(`node ${(started += 1)}`), new Set());
        start();
        start();
        for (const { what, who, which, seconds } of steps) {
          const [node, clients] = [...running][which % running.size]!;
          const client = [...clients][which % Math.max(1, clients.size)];
          const carryOut: Record<typeof what, () => void> = {
            connect: () => void clients.add(node.connect(users[who]!)),
            close: () => {
              client?.close();
              if (client) clients.delete(client);
            },
            act: () => client?.act(),
            kill: () => {
              node.kill();
              running.delete(node);
              if (running.size === 0) start();
            },
            leave: () => {
              node.presence.leave();
              world.deliver();
              carryOut.kill();
            },
            start: () => {
              if (running.size < 4) start();
            },
            lose: () => {
              world.deliver((_, to) => to === node.id);
              node.presence.ask();
            },
            pass: () => world.pass(seconds * SECOND),
            idle: () => world.pass(PRESENCE_LIMITS.awayAfterMs),
          };
          carryOut[what]();
        }
        world.pass(30 * SECOND);
        const there = new Set([...running.values()].flatMap((clients) => [...clients].map(({ userId }) => userId)));
        const boards = [];
        for (const node of running.keys()) {
          const watching = node.connect(user('watcher'));
          await watching.watch(...users);
          boards.push(watching.shown.map(({ status }) => status));
          expect(watching.shown.map(({ userId, status }) => [userId, status !== 'offline'])).to.deep.equal(
            users.map((userId) => [userId, there.has(userId)]),
          );
        }
        for (const board of boards) expect(board).to.deep.equal(boards[0]);
      }),
      { numRuns: RUNS },
    );
  });
});
