import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { openSocket, served } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';

describe('reactions', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let directId: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    ({ conversationId: directId } = await send(app, ada, { recipientId: bob.userId, text: 'first' }));
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const as = ({ accessToken: token }: SignedUp, method: string, path: string) => call(app, method, path, { token });
  const pathOf = (messageId: string, emoji: string) =>
    `/message/v1/${messageId}/reactions/${encodeURIComponent(emoji)}`;
  const react = (user: SignedUp, messageId: string, emoji: string) => as(user, 'PUT', pathOf(messageId, emoji));
  const unreact = (user: SignedUp, messageId: string, emoji: string) => as(user, 'DELETE', pathOf(messageId, emoji));
  const positionOf = ({ headers }: { readonly headers: Headers }): string => headers.get('x-position') ?? '';
  const shown = async (messageId: string, position: string) => {
    const headers = { 'x-min-position': position };
    return (await call(app, 'GET', `/message/v1/${messageId}`, { token: ada.accessToken, headers })).body;
  };
  const sent = () => send(app, ada, { conversationId: directId, text: 'well?' });

  it('are shown with a message, once each, and are told live as the message shows them', async () => {
    const socket = await openSocket(app, ada);
    const { messageId } = await sent();
    const added = await react(bob, messageId, '👍');
    const again = await react(bob, messageId, '👍');
    expect([added.status, again.status, positionOf(again)]).to.deep.equal([204, 204, positionOf(added)]);
    const message = await shown(messageId, positionOf(added));
    expect(message['reactions']).to.deep.equal([{ emoji: '👍', userIds: [bob.userId], count: 1 }]);
    const frame = await socket.next('message.reacted');
    expect(frame).to.deep.equal({ type: 'message.reacted', position: positionOf(added), message });
    const removed = await unreact(bob, messageId, '👍');
    const removedAgain = await unreact(bob, messageId, '👍');
    expect([removedAgain.status, positionOf(removedAgain)]).to.deep.equal([204, positionOf(removed)]);
    expect((await shown(messageId, positionOf(removed)))['reactions']).to.deep.equal([]);
    expect(await socket.next('message.reacted')).to.include({ position: positionOf(removed) });
  });

  it('are added and taken back over the WebSocket alike, each skin tone for itself', async () => {
    const socket = await openSocket(app, bob);
    const { messageId } = await sent();
    for (const emoji of ['👍🏽', '👍']) {
      socket.send({ type: 'react', id: emoji, messageId, emoji });
      expect(await socket.answerTo(emoji)).to.include({ type: 'ack', messageId });
    }
    socket.send({ type: 'unreact', id: 'u', messageId, emoji: '👍🏽' });
    const { position } = await socket.answerTo('u');
    const { reactions } = await shown(messageId, position as string);
    expect(reactions).to.deep.equal([{ emoji: '👍', userIds: [bob.userId], count: 1 }]);
  });

  it('are at most 20 different ones: of these, others can still be added to', async () => {
    const { messageId } = await sent();
    const emojis = Array.from({ length: 21 }, (_, n) => String.fromCodePoint(0x1f600 + n));
    let position = '';
    for (const emoji of emojis.slice(0, 20)) position = positionOf(await react(bob, messageId, emoji));
    await shown(messageId, position);
    expectProblem(await react(bob, messageId, emojis[20]!), 409, 'reactions_full');
    expect((await react(ada, messageId, emojis[3]!)).status).to.equal(204);
    expect((await unreact(bob, messageId, emojis[0]!)).status).to.equal(204);
  });

  it('are of no message that was deleted, nor of one that is not there', async () => {
    const { messageId } = await sent();
    await react(bob, messageId, '👍');
    const position = positionOf(await as(ada, 'DELETE', `/message/v1/${messageId}`));
    expect(await shown(messageId, position)).to.deep.include({ text: null, reactions: [] });
    expectProblem(await react(bob, messageId, '🎉'), 404, 'message_not_found');
    expect((await unreact(bob, messageId, '👍')).status).to.equal(204);
    expectProblem(await react(bob, '01900000-0000-7000-8000-00000000ffff', '👍'), 404, 'message_not_found');
  });

  it('are told to a client that was away, with the message', async () => {
    const socket = await openSocket(app, ada);
    const { messageId, position } = await sent();
    await served(socket, position);
    await socket.close();
    const first = await react(bob, messageId, '👍');
    const last = await react(bob, messageId, '🎉');
    const resumed = await openSocket(app, ada, position);
    await served(resumed, positionOf(last));
    const told = resumed.frames.filter(({ type }) => type.startsWith('message.'));
    const message = await shown(messageId, positionOf(last));
    expect(told).to.deep.equal([{ type: 'message.reacted', position: positionOf(last), message }]);
    expect(positionOf(first)).not.to.equal(positionOf(last));
  });

  const none = ['__proto__', 'a', '👍👍', '%00', '"; drop table reactions; --', '%ff', 'x'.repeat(500)];
  for (const emoji of none)
    it(`are refused where they are no emoji: ${emoji.slice(0, 20)}`, async () => {
      const { messageId } = await sent();
      for (const method of ['PUT', 'DELETE'])
        expectProblem(
          await as(bob, method, `/message/v1/${messageId}/reactions/${encodeURIComponent(emoji)}`),
          400,
          'invalid_request',
        );
      const socket = await openSocket(app, bob);
      for (const type of ['react', 'unreact']) {
        socket.send({ type, id: type, messageId, emoji });
        expect(await socket.answerTo(type)).to.include({ type: 'error', code: 'invalid_request' });
      }
    });

  it('are refused where they are 10,000 combining marks, and the socket stays open', async () => {
    const { messageId } = await sent();
    const socket = await openSocket(app, bob);
    socket.send({ type: 'react', id: 'marks', messageId, emoji: `👍${'\u0301'.repeat(10_000)}` });
    expect(await socket.answerTo('marks')).to.include({ type: 'error', code: 'invalid_request' });
    socket.send({ type: 'ping' });
    await socket.next('pong');
    const marks = encodeURIComponent('\u0301'.repeat(1_000));
    expectProblem(await as(bob, 'PUT', `/message/v1/${messageId}/reactions/${marks}`), 400, 'invalid_request');
  });

  it('are refused to a user whom the other has blocked; what was there can be taken back', async () => {
    const { messageId } = await sent();
    await react(bob, messageId, '👍');
    await as(ada, 'PUT', `/user/v1/blocks/${bob.userId}`);
    expectProblem(await react(bob, messageId, '🎉'), 403, 'recipient_unavailable');
    expect((await unreact(bob, messageId, '👍')).status).to.equal(204);
    await as(ada, 'DELETE', `/user/v1/blocks/${bob.userId}`);
  });
});
