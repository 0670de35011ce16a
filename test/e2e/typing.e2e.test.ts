import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { describeOnEachWay } from '../support/signal-ways.js';
import { eventually } from '../support/eventually.js';
import { expectDocumented } from '../support/documented-frame.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets, type Socket } from '../support/socket.js';
import { openSocket, served } from '../support/live-socket.js';

describeOnEachWay('typing', function (way) {
  this.timeout(60_000);
  let app: RunningApp;
  let other: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let cleo: SignedUp;
  let eve: SignedUp;
  let group: string;
  let direct: string;

  before(async function () {
    this.timeout(120_000);
    app = await startApp({ env: way().env });
    [ada, bob, cleo, eve] = await Promise.all([
      signUp(app, 'ada'),
      signUp(app, 'bob'),
      signUp(app, 'cleo'),
      signUp(app, 'eve'),
    ]);
    group = await startGroup(ada, bob, cleo);
    direct = (await send(app, ada, { recipientId: bob.userId, text: 'hi' })).conversationId;
    other = await startApp({ beside: app, env: way().env });
  });
  afterEach(closeSockets);
  after(async () => {
    await other.stop();
    await app.stop();
  });

  const startGroup = async (owner: SignedUp, ...members: SignedUp[]): Promise<string> => {
    const json = { kind: 'group', title: 'Engines', memberIds: members.map(({ userId }) => userId) };
    const { status, body, text } = await call(app, 'POST', '/conversation/v1', { token: owner.accessToken, json });
    expect(status, text).to.equal(201);
    return (body['conversation'] as { conversationId: string }).conversationId;
  };

  const tell = (socket: Socket, conversationId = group, active = true): void =>
    socket.send({ type: 'typing', conversationId, active });
  const shown = (by: SignedUp, active: boolean, conversationId = group) => ({
    type: 'typing',
    conversationId,
    userId: by.userId,
    active,
  });
  /** Answers all typing frames that have come to a socket. */
  const typingOf = async (socket: Socket) => {
    socket.send({ type: 'ping' });
    await socket.next('pong');
    return socket.frames.filter(({ type }) => type === 'typing');
  };

  it('is shown to the other members on both nodes, not to own devices, and leaves no trace in the log', async () => {
    const [mine, device, near, far, stranger] = [
      await openSocket(app, ada),
      await openSocket(app, ada),
      await openSocket(app, bob),
      await openSocket(other, cleo),
      await openSocket(app, eve),
    ];
    const head = await lastPosition();
    tell(mine);
    for (const socket of [near, far]) {
      const frame = await socket.next('typing');
      expect(frame).to.deep.equal(shown(ada, true));
      expectDocumented(frame);
    }
    for (const socket of [device, stranger, mine]) expect(await typingOf(socket)).to.deep.equal([]);
    expect(mine.frames.map(({ type }) => type)).to.deep.equal(['ready', 'pong']);
    tell(mine, group, false);
    for (const socket of [near, far]) expect(await socket.next('typing')).to.deep.equal(shown(ada, false));
    expect(await lastPosition()).to.equal(head);
  });

  const lastPosition = async (): Promise<unknown> => {
    const client = new pg.Client({ connectionString: app.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ position: string }>('select max(position) as position from log.events');
    await client.end();
    return rows[0]?.position;
  };

  it('ends with a message, sent on whichever node and however, and begins again behind it', async () => {
    const [mine, near, far] = [await openSocket(app, ada), await openSocket(app, bob), await openSocket(other, cleo)];
    for (const sendIt of [
      () => send(other, ada, { conversationId: group, text: 'by HTTP' }),
      async () => {
        mine.send({ type: 'send', id: 'x', conversationId: group, text: 'by frame' });
        expect(await mine.answerTo('x')).to.include({ type: 'ack' });
      },
    ]) {
      tell(mine);
      for (const socket of [near, far]) expect(await socket.next('typing')).to.deep.equal(shown(ada, true));
      await sendIt();
      for (const socket of [near, far]) {
        expect(await socket.next('typing')).to.deep.equal(shown(ada, false));
        await socket.next('message.sent');
      }
    }
    tell(mine);
    for (const socket of [near, far]) expect(await socket.next('typing')).to.deep.equal(shown(ada, true));
    tell(mine, group, false);
    for (const socket of [near, far]) expect(await socket.next('typing')).to.deep.equal(shown(ada, false));
  });

  it('ends by itself, also when its node is killed', async () => {
    const lost = await startApp({ beside: app, env: way().env });
    const [mine, near] = [await openSocket(lost, ada), await openSocket(app, bob)];
    tell(mine);
    expect(await near.next('typing')).to.deep.equal(shown(ada, true));
    process.kill(lost.pid, 'SIGKILL');
    expect(await near.next('typing')).to.deep.equal(shown(ada, false));
    await lost.stop();
  });

  it('of users who share a block is shown to neither, on either node, once it follows the block', async () => {
    const [mine, theirs, witness, far] = [
      await openSocket(app, ada),
      await openSocket(app, bob),
      await openSocket(app, cleo),
      await openSocket(other, bob),
    ];
    /** Both write; everybody else has been shown it when this resolves. */
    const bothWrite = async (): Promise<void> => {
      for (const active of [true, false])
        for (const [socket, who] of [
          [mine, ada],
          [theirs, bob],
        ] as const) {
          tell(socket, group, active);
          while ((await witness.next('typing'))['userId'] !== who.userId);
        }
    };
    const block = (method: 'PUT' | 'DELETE') =>
      call(app, method, `/user/v1/blocks/${bob.userId}`, { token: ada.accessToken });

    /** Resolves when both nodes have followed the block in the log. */
    const followed = async (): Promise<void> => {
      for (const node of [app, other])
        await eventually(
          async () => (await call(node, 'GET', '/readyz')).body as { checks: { blocks: { detail: string } } },
          ({ checks }) => checks.blocks.detail.startsWith('0 events'),
        );
    };

    expect((await block('PUT')).status).to.equal(204);
    await followed();
    tell(mine, direct);
    tell(theirs, direct);
    await bothWrite(); // what was told before has been passed on by then
    for (const socket of [mine, theirs, far]) expect(await typingOf(socket)).to.deep.equal([]);
    expect((await block('DELETE')).status).to.equal(204);
    const again = async () => {
      tell(mine);
      // What was told in the direct conversation during the block is shown, too, while it is new.
      return (await typingOf(theirs)).filter(({ conversationId }) => conversationId === group);
    };
    expect((await eventually(again, ({ length }) => length > 0))[0]).to.deep.equal(shown(ada, true));
  });

  it('is refused to those who are no members, or no more, and is not shown to them', async () => {
    const former = await startGroup(ada, bob, eve);
    const [mine, near, gone] = [await openSocket(app, ada), await openSocket(other, bob), await openSocket(app, eve)];
    tell(gone, former);
    expect(await near.next('typing')).to.deep.equal(shown(eve, true, former));
    const path = `/conversation/v1/${former}/members/${eve.userId}`;
    const { status, headers } = await call(app, 'DELETE', path, { token: ada.accessToken });
    expect(status).to.equal(204);
    await served(gone, headers.get('x-position') ?? '');
    for (const conversationId of [former, direct]) {
      gone.send({ type: 'typing', id: conversationId, conversationId, active: true });
      expect(await gone.answerTo(conversationId)).to.include({ code: 'conversation_not_found' });
    }
    tell(mine, former);
    while ((await near.next('typing'))['userId'] !== ada.userId);
    expect(await typingOf(gone)).to.deep.equal([]);
  });

  it('may be told in a conversation at once, though this node has not heard of it yet', async () => {
    const [mine, near] = [await openSocket(app, ada), await openSocket(app, bob)];
    const fresh = await (async () => {
      const json = { kind: 'group', title: 'New', memberIds: [bob.userId] };
      const { body } = await call(other, 'POST', '/conversation/v1', { token: ada.accessToken, json });
      return (body['conversation'] as { conversationId: string }).conversationId;
    })();
    mine.send({ type: 'typing', id: 'early', conversationId: fresh, active: true });
    await served(near, String(await lastPosition()));
    expect(mine.frames.filter(({ type }) => type === 'error')).to.deep.equal([]);
  });
});
