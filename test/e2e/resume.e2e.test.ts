import { expect } from 'chai';
import fc from 'fast-check';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import {
  clientOf,
  expectMessages,
  expectSnapshot,
  LiveHistory,
  learnReceipts,
  receiptFaults,
  snapshot,
  steps,
} from '../support/live-history.js';
import { openSocket, served, type LiveSocket } from '../support/live-socket.js';
import { closeSockets, type Frame } from '../support/socket.js';

const RUNS = 4;

/** Answers the position of the last frame that a client handled; without one, where its frames began. */
const lastHandled = ({ frames, ready }: LiveSocket): string =>
  (frames.findLast(({ position }) => position !== undefined) ?? ready)['position'] as string;

describe('two servers', () => {
  let nodes: readonly [RunningApp, RunningApp];
  let users: readonly SignedUp[];

  before(async function () {
    this.timeout(180_000);
    const app = await startApp();
    nodes = [app, await startApp({ beside: app })];
    users = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'cleo')];
  });
  afterEach(closeSockets);
  after(async () => {
    const [app, other] = nodes;
    await other.stop();
    await app.stop();
  });

  const nodeOf = (index: number): RunningApp => nodes[index % 2] as RunningApp;

  /** Connects a user to one of the servers, with an earlier snapshot and the frames since. */
  const connect = async (account: SignedUp, node: number, position: string) => {
    const socket = await openSocket(nodeOf(node), account);
    const model = await clientOf(nodeOf(node), account, position);
    await learnReceipts(nodeOf(node), account, model, position);
    return { account, node, socket, model };
  };

  const expectOrder = (frames: readonly Frame[]): void => {
    const positions = frames.flatMap(({ position }) => (position === undefined ? [] : [Number(position)]));
    expect(positions).to.deep.equal([...positions].sort((one, other) => one - other));
  };

  // A resume that told no reads passed every test: what a client counts as unread did not need them.
  it('show a client that comes back at the other the reading that it missed', async () => {
    const [ada, bob] = users as [SignedUp, SignedUp];
    const socket = await openSocket(nodeOf(0), ada);
    const { conversationId, messageId, position } = await send(nodeOf(0), ada, {
      recipientId: bob.userId,
      text: 'Seen?',
    });
    await served(socket, position);
    await socket.close();
    const json = { conversationId, messageId };
    const read = await call(nodeOf(0), 'POST', '/message/v1/read', { token: bob.accessToken, json });
    expect(read.status, read.text).to.equal(200);
    const readAt = read.headers.get('x-position') ?? '';
    const again = await openSocket(nodeOf(1), ada, position);
    await served(again, readAt);
    const told = again.frames.filter(({ type }) => type.startsWith('message.'));
    expect(told.map(({ type, ...place }) => [type, place['upTo'], place['conversationId']])).to.deep.equal([
      ['message.receipts', readAt, conversationId],
    ]);
    expect((told[0]?.['receipts'] as object[])[0]).to.include({ userId: bob.userId, readMessageId: messageId });
    // A second later the client breaks off again: it may not have got what was told so late, so it comes once more.
    await again.close();
    const third = await openSocket(nodeOf(0), ada, readAt);
    await third.next('message.receipts');
  });

  // A resume on a server on which nothing had been written passed every test.
  it('bring a client that breaks off at one, anywhere, and resumes at the other, to what a fresh snapshot shows', async function () {
    this.timeout(300_000);
    let accepted = 0;
    let resumedFrames = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), fc.nat({ max: 1 }), async (tried, cut, first) => {
        const history = new LiveHistory(nodes, users);
        await history.begin();
        const clients = await Promise.all(
          users.map((account, index) => connect(account, first + index, history.position)),
        );
        const breaks = cut % Math.ceil(tried.length / 2);
        for (const step of tried.slice(0, breaks)) await history.play(step);
        const broken = clients.map((client) => {
          client.socket.ws.terminate();
          const after = lastHandled(client.socket);
          const frames = client.socket.frames.filter(({ type }) => type !== 'ready');
          expectOrder(frames);
          for (const frame of frames) client.model.apply(frame);
          return { ...client, after };
        });
        // Half of what follows comes while nobody is connected, and the rest while they connect again.
        const returns = breaks + Math.ceil((tried.length - breaks) / 2);
        const played = history.accepted.length;
        await history.playEveryKind();
        for (const step of tried.slice(breaks, returns)) await history.play(step);
        const playing = (async () => {
          for (const step of tried.slice(returns)) await history.play(step);
        })();
        const resumed = await Promise.all(
          broken.map(async (client) => ({
            ...client,
            again: await openSocket(nodeOf(client.node + 1), client.account, client.after),
          })),
        );
        await playing;
        for (const { account, node, model, again } of resumed) {
          await served(again, history.position);
          const frames = again.frames.filter(
            ({ type }) => type.startsWith('message.') || type.startsWith('conversation.'),
          );
          expectOrder(frames);
          for (const frame of frames) model.apply(frame);
          expectSnapshot(model.conversations, await snapshot(nodeOf(node), account, history.position));
          await expectMessages(nodeOf(node), account, model, history.position);
          // Receipts may come up to a second late.
          const first = again.frames.length;
          const faults = async () => {
            for (const frame of again.frames.slice(first)) model.apply(frame);
            return receiptFaults(nodeOf(node), account, model, history.position);
          };
          await eventually(faults, ({ length }) => length === 0);
          resumedFrames += frames.length;
        }
        accepted += history.accepted.length - played;
        closeSockets();
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
    expect(accepted).to.be.at.least(RUNS * 10);
    expect(resumedFrames).to.be.at.least(RUNS * 6);
  });
});
