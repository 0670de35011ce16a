import { expect } from 'chai';
import fc from 'fast-check';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { askedOverHttp } from '../support/asked-over-http.js';
import { fetchAll, refreshNames, takeIn as takeInFrames, type AskedServer } from '../support/asked-server.js';
import { ClientModel } from '../support/client-model.js';
import { expectState, eventuallyKnown } from '../support/expect-state.js';
import { KINDS, LiveHistory, steps, type StepKind } from '../support/live-history.js';
import { openSocket, served, type LiveSocket } from '../support/live-socket.js';
import { closeSockets, type Frame } from '../support/socket.js';

const RUNS = 4;
/** One of the servers resumes so few frames that most breaks end in a `resync`. */
const FEW_FRAMES = 2;

const ANSWERS = new Set(['ready', 'pong']);

/** Answers the position of the last frame that a client handled; without one, where its frames began. */
const lastHandled = ({ frames, ready }: LiveSocket): string =>
  (frames.findLast(({ position }) => position !== undefined) ?? ready)['position'] as string;

describe('two servers', () => {
  let nodes: readonly [RunningApp, RunningApp];
  let users: readonly SignedUp[];

  before(async function () {
    this.timeout(180_000);
    const app = await startApp();
    nodes = [app, await startApp({ beside: app, env: { RESUME_MAX_FRAMES: String(FEW_FRAMES) } })];
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
    const model = new ClientModel(account.userId);
    await fetchAll(model, askedOverHttp(nodeOf(node), account, position));
    return { account, node, socket, model };
  };

  /** Lets a client take in what came after a break, by the documented rules; answers whether that was a `resync`. */
  const takeIn = async (model: ClientModel, frames: readonly Frame[], server: AskedServer): Promise<boolean> => {
    const resynced = await takeInFrames(model, server, frames);
    await refreshNames(model, server);
    return resynced;
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

  it('bring a client that knows nothing to what a snapshot shows, when it resumes from before everything', async () => {
    const [ada] = users as [SignedUp];
    await send(nodeOf(0), ada, { recipient: 'bob', text: 'Again?' });
    const { position } = await send(nodeOf(0), ada, { recipient: 'bob', text: 'And again?' });
    for (const node of [0, 1]) {
      const model = new ClientModel(ada.userId);
      const socket = await openSocket(nodeOf(node), ada, '0');
      expect(socket.ready['resumed']).to.equal(true);
      await served(socket, position);
      const server = askedOverHttp(nodeOf(node), ada, position);
      const frames = socket.frames.filter(({ type }) => !ANSWERS.has(type));
      expect(await takeIn(model, frames, server)).to.equal(node === 1);
      await expectState(model, server);
      expect(model.conversations).to.have.length.above(0);
    }
  });

  // Such a client dropped all live frames as repeats, until the log had come as far as it believed to be.
  it('tell a client of another log that nothing is resumed', async () => {
    const [ada] = users as [SignedUp];
    const { ready, next } = await openSocket(nodeOf(1), ada, '999999999');
    expect(ready['resumed']).to.equal(false);
    const { position } = await send(nodeOf(0), ada, { recipient: 'bob', text: 'From here on' });
    expect(Number(position)).to.be.above(Number(ready['position']));
    expect((await next('message.sent'))['position']).to.equal(position);
  });

  it('let one who joins read the history from the start, and count as unread what comes behind that', async () => {
    const [ada, bob] = users as [SignedUp, SignedUp];
    const json = { kind: 'group', title: 'Looms', memberIds: [users[2]?.userId] };
    const { body } = await call(nodeOf(0), 'POST', '/conversation/v1', { token: ada.accessToken, json });
    const { conversationId } = body['conversation'] as { conversationId: string };
    for (const text of ['one', 'two']) await send(nodeOf(0), ada, { conversationId, text });
    const members = `/conversation/v1/${conversationId}/members`;
    const adding = { token: ada.accessToken, json: { userIds: [bob.userId] } };
    const added = await call(nodeOf(0), 'POST', members, adding);
    const joined = await openSocket(nodeOf(1), bob, String(Number(added.headers.get('x-position')) - 1));
    const { conversation } = (await joined.next('conversation.member_added')) as unknown as {
      conversation: { unreadCount: number; lastMessage: { seq: number } };
    };
    expect([conversation.unreadCount, conversation.lastMessage.seq]).to.deep.equal([0, 2]);
    const { position } = await send(nodeOf(0), ada, { conversationId, text: 'three' });
    const server = askedOverHttp(nodeOf(1), bob, position);
    const [known] = (await server.snapshot()).filter((each) => each.conversationId === conversationId);
    expect([known?.unreadCount, known?.lastReadMessageId]).to.deep.equal([
      1,
      (await server.history(conversationId)).find(({ seq }) => seq === 2)?.messageId,
    ]);
    expect((await server.history(conversationId)).map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
  });

  // A resume on a server on which nothing had been written passed every test.
  it('bring a client that breaks off at one, anywhere, and resumes at the other, to what a fresh snapshot shows', async function () {
    this.timeout(300_000);
    const accepted = new Map<StepKind, number>();
    let [histories, resumedFrames, resyncs, readers] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), fc.nat({ max: 1 }), async (tried, cut, first) => {
        // Each second history has a user who is erased: where one is, most resumes end in a `resync`.
        histories += 1;
        const leaving = histories % 2 === 0 ? await signUp(nodeOf(0), `leaver${histories}`) : undefined;
        const history = new LiveHistory(nodes, users, leaving);
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
          for (const frame of frames) client.model.apply(frame); // Nobody has been erased so far.
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
        await history.end();
        for (const { account, node, model, again } of resumed) {
          await served(again, history.position);
          const frames = again.frames.filter(({ type }) => !ANSWERS.has(type));
          expectOrder(frames);
          const server = askedOverHttp(nodeOf(node), account, history.position);
          if (await takeIn(model, frames, server)) resyncs += 1;
          else resumedFrames += frames.length;
          await expectState(model, server);
          readers += await eventuallyKnown({ model, socket: again, server, isCompared: history.showsReaders(account) });
        }
        for (const what of history.accepted.slice(played)) accepted.set(what, (accepted.get(what) ?? 0) + 1);
        closeSockets();
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
    for (const what of KINDS) expect(accepted.get(what), what).to.be.at.least(RUNS);
    expect(accepted.get('erase')).to.be.at.least(1);
    // An erasure turns a resume into a `resync`: half of the histories tell few frames.
    expect(resumedFrames).to.be.at.least(RUNS * 3);
    expect(resyncs).to.be.at.least(RUNS);
    expect(readers).to.be.at.least(RUNS);
  });
});
