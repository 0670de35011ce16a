import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { openSocket, served } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';

describe('a conversation', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let group: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  beforeEach(async () => {
    const json = { kind: 'group', title: 'Engines', memberIds: [bob.userId] };
    const { body } = await as(ada, 'POST', '/conversation/v1', json);
    group = (body['conversation'] as { conversationId: string }).conversationId;
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const as = ({ accessToken: token }: SignedUp, method: string, path: string, json?: object) =>
    call(app, method, path, { token, ...(json && { json }) });
  const positionOf = ({ headers }: { readonly headers: Headers }): string => headers.get('x-position') ?? '';
  const sent = (text = 'look') => send(app, ada, { conversationId: group, text });
  const pin = (user: SignedUp, messageId: string) => as(user, 'PUT', `/conversation/v1/${group}/pins/${messageId}`);
  const unpin = (user: SignedUp, messageId: string) =>
    as(user, 'DELETE', `/conversation/v1/${group}/pins/${messageId}`);
  const seen = async (user: SignedUp, path: string, position: string) => {
    const headers = { 'x-min-position': position };
    return (await call(app, 'GET', path, { token: user.accessToken, headers })).body;
  };
  const pinned = async (position: string) => {
    const { pins } = await seen(bob, `/conversation/v1/${group}/pins`, position);
    return (pins as { message: { messageId: string }; pinnedBy: string }[]).map((each) => [
      each.message.messageId,
      each.pinnedBy,
    ]);
  };

  it('shows what its members pin, and tells it live', async () => {
    const socket = await openSocket(app, ada);
    const { messageId } = await sent();
    const done = await pin(bob, messageId);
    const again = await pin(ada, messageId);
    expect([done.status, again.status, positionOf(again)]).to.deep.equal([204, 204, positionOf(done)]);
    expect(await pinned(positionOf(done))).to.deep.equal([[messageId, bob.userId]]);
    const told = { position: positionOf(done), conversationId: group, messageId, userId: bob.userId };
    expect(await socket.next('conversation.pinned')).to.deep.include(told);
    const taken = await unpin(ada, messageId);
    expect((await unpin(ada, messageId)).status).to.equal(204);
    expect(await pinned(positionOf(taken))).to.deep.equal([]);
    expect(await socket.next('conversation.unpinned')).to.deep.include({ messageId, userId: ada.userId });
  });

  it('pins 50 messages at most', async function () {
    this.timeout(20_000);
    const ids: string[] = [];
    for (let n = 0; n < 51; n += 1) ids.push((await sent(`message ${n}`)).messageId);
    const answers = await Promise.all(ids.map((messageId) => pin(bob, messageId)));
    expect(answers.filter(({ status }) => status === 204)).to.have.length(50);
    const refused = answers.findIndex(({ status }) => status !== 204);
    expectProblem(answers[refused]!, 409, 'pins_full');
    await unpin(bob, ids[refused === 0 ? 1 : 0]!);
    expect((await pin(bob, ids[refused]!)).status).to.equal(204);
  });

  it('pins no message that was deleted or is of another conversation, and takes down one that is deleted', async () => {
    const socket = await openSocket(app, bob);
    const { messageId } = await sent();
    await pin(bob, messageId);
    const deleted = await as(ada, 'DELETE', `/message/v1/${messageId}`);
    expect(await pinned(positionOf(deleted))).to.deep.equal([]);
    expect(await socket.next('conversation.unpinned')).to.include({ messageId, userId: ada.userId });
    expectProblem(await pin(bob, messageId), 404, 'message_not_found');
    const elsewhere = await send(app, ada, { recipientId: bob.userId, text: 'between us' });
    expectProblem(await pin(bob, elsewhere.messageId), 404, 'message_not_found');
  });

  it('is kept by each member as they like, which their own devices are told', async () => {
    const [own, others] = [await openSocket(app, bob), await openSocket(app, ada)];
    const path = `/conversation/v1/${group}/preferences`;
    const changed = await as(bob, 'PUT', path, { muted: true });
    const more = await as(bob, 'PUT', path, { pinned: true });
    const nothing = await as(bob, 'PUT', path, {});
    expect([changed, more, nothing].map(({ status }) => status)).to.deep.equal([204, 204, 204]);
    expect(positionOf(nothing)).to.equal(positionOf(more));
    const kept = { muted: true, archived: false, pinned: true };
    const get = async (user: SignedUp) =>
      (await seen(user, `/conversation/v1/${group}`, positionOf(more)))['preferences'];
    expect(await get(bob)).to.deep.equal(kept);
    expect(await get(ada)).to.deep.equal({ muted: false, archived: false, pinned: false });
    await own.next('conversation.preferences');
    const frame = await own.next('conversation.preferences');
    expect(frame).to.deep.include({ position: positionOf(more), conversationId: group, preferences: kept });
    await served(others, positionOf(more));
    expect(others.frames.filter(({ type }) => type === 'conversation.preferences')).to.deep.equal([]);
    for (const json of [{ muted: 'yes' }, { muted: null }, { silent: true }])
      expectProblem(await as(bob, 'PUT', path, json), 400, 'invalid_request');
  });

  it('is kept as before by one who comes back', async () => {
    await as(bob, 'PUT', `/conversation/v1/${group}/preferences`, { archived: true });
    await as(ada, 'DELETE', `/conversation/v1/${group}/members/${bob.userId}`);
    expectProblem(
      await as(bob, 'PUT', `/conversation/v1/${group}/preferences`, { muted: true }),
      404,
      'conversation_not_found',
    );
    const socket = await openSocket(app, bob);
    await as(ada, 'POST', `/conversation/v1/${group}/members`, { userIds: [bob.userId] });
    const { conversation } = await socket.next('conversation.member_added');
    const kept = { muted: false, archived: true, pinned: false };
    expect((conversation as { preferences: object }).preferences).to.deep.equal(kept);
  });

  it('tells a client that was away what was pinned, and how it is kept', async () => {
    const socket = await openSocket(app, bob);
    const [one, two] = [await sent(), await sent()];
    await pin(bob, one.messageId);
    const before = await as(bob, 'PUT', `/conversation/v1/${group}/preferences`, { muted: true });
    await served(socket, positionOf(before));
    await socket.close();
    await unpin(ada, one.messageId);
    await pin(ada, two.messageId);
    const last = await as(bob, 'PUT', `/conversation/v1/${group}/preferences`, { muted: false });
    const resumed = await openSocket(app, bob, positionOf(before));
    await served(resumed, positionOf(last));
    const told = resumed.frames.filter(({ type }) => type.startsWith('conversation.'));
    expect(told.map(({ type, messageId }) => [type, messageId])).to.deep.equal([
      ['conversation.unpinned', one.messageId],
      ['conversation.pinned', two.messageId],
      ['conversation.preferences', undefined],
    ]);
  });
});
