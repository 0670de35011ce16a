import { expect } from 'chai';
import fc from 'fast-check';
import { startApp, type RunningApp } from '../support/app.js';
import { askedOverHttp } from '../support/asked-over-http.js';
import { fetchAll, refreshNames, takeIn } from '../support/asked-server.js';
import { ClientModel } from '../support/client-model.js';
import { expectState, eventuallyKnown } from '../support/expect-state.js';
import { LiveHistory, steps } from '../support/live-history.js';
import { openSocket, served, toldOf } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { call } from '../support/call.js';
import { closeSockets, connect, type Frame, type Socket } from '../support/socket.js';

const RUNS = 5;
const MAX_FRAMES = 1_000;

type Sent = Frame & {
  readonly position: string;
  readonly message: {
    readonly messageId: string;
    readonly conversationId: string;
    readonly seq: number;
    readonly text: string;
  };
};

describe('live', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let cleo: SignedUp;
  let directId: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: { RESUME_MAX_FRAMES: String(MAX_FRAMES) } });
    [ada, bob, cleo] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'cleo')];
    ({ conversationId: directId } = await send(app, ada, { recipientId: bob.userId, text: 'first' }));
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const open = (account: SignedUp, resumeAfter?: string) => openSocket(app, account, resumeAfter);

  const sentTo = ({ frames }: Socket): Sent[] => frames.filter(({ type }) => type === 'message.sent') as Sent[];

  it('acknowledges a send, and shows the message as the history does to every device of everybody', async () => {
    const [laptop, phone, other] = [await open(ada), await open(ada), await open(bob)];
    laptop.send({ type: 'send', id: 'mine', conversationId: directId, text: 'hello' });
    const ack = await laptop.next('ack');
    expect(ack).to.include({ id: 'mine', conversationId: directId });
    /** A socket may be told of what was sent just before it opened. */
    const told = async (socket: Socket): Promise<Frame> => {
      const frame = await socket.next('message.sent');
      return frame['position'] === ack['position'] ? frame : told(socket);
    };
    const frames = await Promise.all([laptop, phone, other].map(told));
    const { body } = await call(app, 'GET', `/message/v1/history?conversationId=${directId}&limit=1`, {
      token: bob.accessToken,
    });
    const [message] = body['messages'] as [{ position: string }];
    for (const frame of frames)
      expect(frame).to.deep.equal({ type: 'message.sent', position: message.position, message });
    expect(ack['position']).to.equal(message.position);
  });

  it('shows reading, and how far it reaches', async () => {
    const [sender, reader] = [await open(ada), await open(bob)];
    const { messageId } = await send(app, ada, { conversationId: directId, text: 'read me' });
    reader.send({ type: 'read', id: 'r', conversationId: directId, messageId });
    const { position } = await reader.next('ack');
    const { message } = (await reader.next('message.sent')) as Sent;
    const { body } = await call(app, 'GET', `/message/v1/${messageId}/receipts`, {
      token: ada.accessToken,
      headers: { 'x-min-position': position as string },
    });
    const [receipt] = (body['receipts'] as { userId: string; readAt: string }[]).filter(
      ({ userId }) => userId === bob.userId,
    );
    expect(await sender.next('message.read')).to.deep.equal({
      type: 'message.read',
      position,
      conversationId: directId,
      userId: bob.userId,
      messageId,
      seq: message.seq,
      at: receipt?.readAt,
    });
  });

  it('lets a snapshot and the frames since come to what a fresh snapshot shows', async function () {
    this.timeout(120_000);
    const users = [ada, bob, cleo];
    let histories = 0;
    let accepted = 0;
    let readers = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (tried) => {
        histories += 1;
        const history = new LiveHistory([app], users, await signUp(app, `leaver${histories}`));
        await history.begin();
        const sockets = await Promise.all(users.map((account) => open(account)));
        const models = await Promise.all(
          users.map(async (account) => {
            const model = new ClientModel(account.userId);
            await fetchAll(model, askedOverHttp(app, account, history.position));
            return model;
          }),
        );
        await history.playEveryKind();
        const played = history.accepted.length;
        for (const step of tried) await history.play(step);
        accepted += history.accepted.length - played;
        const bios = await history.end();
        for (const [index, account] of users.entries()) {
          const [socket, model] = [sockets[index] as Socket, models[index] as ClientModel];
          await served(socket, history.position);
          await toldOf(socket, account, bios);
          const server = askedOverHttp(app, account, history.position);
          expect(await takeIn(model, server, socket.frames), 'an erasure').to.equal(true);
          await refreshNames(model, server);
          await expectState(model, server);
          readers += await eventuallyKnown({ model, socket, server, isCompared: history.showsReaders(account) });
        }
        closeSockets();
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
    expect(accepted).to.be.at.least(RUNS * 5);
    expect(readers).to.be.at.least(RUNS);
  });

  it('resumes with everything missed, in order, while others go on sending', async () => {
    const socket = await open(bob);
    const { position } = await send(app, ada, { conversationId: directId, text: 'seen' });
    await served(socket, position);
    await socket.close();
    const texts = Array.from({ length: 120 }, (_, n) => `missed ${n}`);
    const sending = (async () => {
      for (const text of texts) await send(app, ada, { conversationId: directId, text });
    })();
    const resumed = await open(bob, position);
    expect(resumed.ready['resumed']).to.equal(true);
    await sending;
    const last = await send(app, ada, { conversationId: directId, text: 'the last' });
    await served(resumed, last.position);
    const frames = sentTo(resumed);
    expect(frames.map(({ message }) => message.text)).to.deep.equal([...texts, 'the last']);
    const positions = frames.map((frame) => BigInt(frame.position));
    expect(positions).to.deep.equal([...positions].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('says what changed, with a cursor to page from, when it is too much to resume', async function () {
    this.timeout(60_000);
    const { position, messageId } = await send(app, ada, { conversationId: directId, text: 'before' });
    const socket = await open(ada);
    for (let n = 0; n <= MAX_FRAMES; n += 1)
      socket.send({ type: 'send', id: 'x', conversationId: directId, text: `many ${n}` });
    let last = position;
    for (let n = 0; n <= MAX_FRAMES; n += 1) last = (await socket.next('ack'))['position'] as string;
    await served(socket, last); // a resume goes as far as what was delivered, and the rest comes live
    const resumed = await open(bob, position);
    const resync = await resumed.next('resync');
    const [{ conversationId, cursor }] = resync['conversations'] as [{ conversationId: string; cursor: string }];
    expect(conversationId).to.equal(directId);
    const path = `/message/v1/history?conversationId=${directId}&after=${cursor}&limit=2`;
    const { body } = await call(app, 'GET', path, { token: bob.accessToken });
    expect((body['messages'] as { text: string }[]).map(({ text }) => text)).to.deep.equal(['many 0', 'many 1']);
    const { body: around } = await call(
      app,
      'GET',
      `/message/v1/history?conversationId=${directId}&around=${cursor}&limit=2`,
      { token: bob.accessToken },
    );
    expect((around['messages'] as { messageId: string }[]).map((each) => each.messageId)).to.include(messageId);
  });

  it('shows a user who is removed that, and nothing more', async () => {
    const { body } = await call(app, 'POST', '/conversation/v1', {
      token: ada.accessToken,
      json: { kind: 'group', title: 'G', memberIds: [bob.userId, cleo.userId] },
    });
    const { conversationId } = body['conversation'] as { conversationId: string };
    const [removed, stays] = [await open(cleo), await open(bob)];
    await call(app, 'DELETE', `/conversation/v1/${conversationId}/members/${cleo.userId}`, { token: ada.accessToken });
    expect((await removed.next('conversation.member_removed'))['conversation']).to.deep.equal({ conversationId });
    const told = await stays.next('conversation.member_removed');
    expect([told['userIds'], (told['conversation'] as { memberCount: number }).memberCount]).to.deep.equal([
      [cleo.userId],
      2,
    ]);
    const { position } = await send(app, ada, { conversationId, text: 'among us' });
    await served(stays, position);
    await served(removed, position);
    // Both may be told of what was sent elsewhere just before they opened.
    const texts = (socket: Socket) =>
      sentTo(socket).flatMap(({ message }) => (message.conversationId === conversationId ? message.text : []));
    expect([texts(stays), texts(removed)]).to.deep.equal([['among us'], []]);
  });

  it('closes a socket that does not say who it is, with 4408', async function () {
    this.timeout(15_000);
    expect(await (await connect(app)).closed).to.equal(4408);
  });

  it('closes the sockets of a session at once when it ends, and those of no other', async () => {
    const login = { login: 'cleo', password: cleo.password };
    const { body } = await call(app, 'POST', '/user/v1/login', { json: login });
    const second = { ...cleo, accessToken: body['accessToken'] as string };
    const [first, other] = [await open(cleo), await open(second)];
    await call(app, 'POST', '/user/v1/logout', { token: second.accessToken, json: { scope: 'session' } });
    expect(await other.closed).to.equal(4401);
    await served(first, '0');
    await call(app, 'POST', '/user/v1/logout', { token: cleo.accessToken, json: { scope: 'all' } });
    expect(await first.closed).to.equal(4401);
  });
});
