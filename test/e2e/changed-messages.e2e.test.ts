import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { openSocket, served } from '../support/live-socket.js';
import { history, send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';

describe('a message that is changed', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let cleo: SignedUp;
  let group: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    [ada, bob, cleo] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'cleo')];
    const json = { kind: 'group', title: 'Engines', memberIds: [bob.userId] };
    const { body } = await as(ada, 'POST', '/conversation/v1', json);
    group = (body['conversation'] as { conversationId: string }).conversationId;
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const as = ({ accessToken: token }: SignedUp, method: string, path: string, json?: object) =>
    call(app, method, path, { token, ...(json && { json }) });
  const sentBy = (user: SignedUp, text = 'first') => send(app, user, { conversationId: group, text });
  const shown = async (viewer: SignedUp, messageId: string, position = '0') => {
    const headers = { 'x-min-position': position };
    return call(app, 'GET', `/message/v1/${messageId}`, { token: viewer.accessToken, headers });
  };
  const positionOf = ({ headers }: { readonly headers: Headers }): string => headers.get('x-position') ?? '';

  it('shows its newest text to all, where it was sent, and is told live', async () => {
    const socket = await openSocket(app, bob);
    const { messageId } = await sentBy(ada);
    const later = await sentBy(bob, 'and this');
    const edited = await as(ada, 'PATCH', `/message/v1/${messageId}`, { text: 'se\u0301cond' });
    expect(edited.status, edited.text).to.equal(204);
    const frame = await socket.next('message.edited');
    const { body } = await shown(bob, messageId, positionOf(edited));
    expect(body).to.deep.include({ text: 's\u00e9cond', deletedAt: null, position: positionOf(edited) });
    expect(body['editedAt']).to.be.a('string');
    expect(frame).to.deep.equal({ type: 'message.edited', position: positionOf(edited), message: body });
    const found = await history(app, bob, group, positionOf(edited));
    expect(found.slice(-2).map((each) => each.messageId)).to.deep.equal([messageId, later.messageId]);
  });

  it('decides nothing when nothing changes: the answer is the place of the last change', async () => {
    const { messageId, position } = await sentBy(ada, 'the same');
    const again = await as(ada, 'PATCH', `/message/v1/${messageId}`, { text: 'the same' });
    expect([again.status, positionOf(again)]).to.deep.equal([204, position]);
    const removed = await as(ada, 'DELETE', `/message/v1/${messageId}`);
    const removedAgain = await as(ada, 'DELETE', `/message/v1/${messageId}`);
    expect([removedAgain.status, positionOf(removedAgain)]).to.deep.equal([204, positionOf(removed)]);
  });

  it('is a tombstone with its ordinal once it is deleted, also for those who reply to it', async () => {
    const socket = await openSocket(app, bob);
    const { messageId } = await sentBy(ada, 'soon gone');
    const before = (await shown(ada, messageId)).body;
    const reply = await send(app, bob, { conversationId: group, text: 'what?', replyTo: messageId });
    const removed = await as(ada, 'DELETE', `/message/v1/${messageId}`);
    expect(removed.status, removed.text).to.equal(204);
    const { body } = await shown(bob, messageId, positionOf(removed));
    const { text, deletedAt, seq } = body;
    expect([text, seq, body['attachments'], body['reactions']]).to.deep.equal([null, before['seq'], [], []]);
    expect(deletedAt).to.be.a('string');
    const frame = await socket.next('message.deleted');
    expect(frame).to.deep.equal({ type: 'message.deleted', position: positionOf(removed), message: body });
    const replied = { replyTo: messageId, text: 'what?' };
    expect((await shown(ada, reply.messageId)).body).to.include({ ...replied, replyToDeleted: true });
    const toldLast = () => socket.frames.findLast(({ type }) => type === 'message.sent')?.['message'];
    expect(toldLast()).to.include({ ...replied, replyToDeleted: false });
    const late = await send(app, bob, { conversationId: group, text: 'too late', replyTo: messageId });
    await served(socket, late.position);
    expect(toldLast()).to.include({ messageId: late.messageId, replyToDeleted: true });
    expectProblem(await as(ada, 'PATCH', `/message/v1/${messageId}`, { text: 'back' }), 404, 'message_not_found');
  });

  it('is changed over the WebSocket alike, and every device is told', async () => {
    const [laptop, phone] = [await openSocket(app, ada), await openSocket(app, ada)];
    const { messageId } = await sentBy(ada);
    laptop.send({ type: 'edit', id: 'e', messageId, text: 'second' });
    const edited = await laptop.answerTo('e');
    laptop.send({ type: 'delete', id: 'd', messageId });
    const deleted = await laptop.answerTo('d');
    expect(edited).to.deep.equal({ type: 'ack', id: 'e', messageId, position: edited['position'] });
    for (const socket of [laptop, phone]) {
      expect(await socket.next('message.edited')).to.include({ position: edited['position'] });
      expect(await socket.next('message.deleted')).to.include({ position: deleted['position'] });
    }
    laptop.send({ type: 'edit', id: 'gone', messageId, text: 'third' });
    expect(await laptop.answerTo('gone')).to.include({ type: 'error', code: 'message_not_found' });
  });

  it('is edited once under a key, however often the frame comes, and whatever another device has edited in between', async () => {
    const [laptop, phone] = [await openSocket(app, ada), await openSocket(app, ada)];
    const { messageId } = await sentBy(ada);
    const edit = { type: 'edit', messageId, text: 'second', idempotencyKey: 'of-the-laptop' };
    laptop.send({ ...edit, id: '1' });
    const first = await laptop.answerTo('1');
    phone.send({ ...edit, id: '2', text: 'third', idempotencyKey: 'of-the-phone' });
    const { position } = await phone.answerTo('2');
    laptop.send({ ...edit, id: '3' });
    expect(await laptop.answerTo('3')).to.deep.equal({ ...first, id: '3' });
    await served(laptop, String(position));
    expect((await shown(ada, messageId)).body).to.include({ text: 'third' });
    laptop.send({ ...edit, id: '4', text: 'fourth' });
    expect(await laptop.answerTo('4')).to.include({ type: 'error', code: 'idempotency_conflict' });
    phone.send({ ...edit, id: '5', idempotencyKey: 'a key with spaces' });
    expect(await phone.answerTo('5')).to.include({ type: 'error', code: 'invalid_request' });
  });

  it('is changed by its sender alone, and deleted also by who moderates the group', async () => {
    const ofAda = await sentBy(ada);
    const ofBob = await sentBy(bob);
    expectProblem(await as(bob, 'PATCH', `/message/v1/${ofAda.messageId}`, { text: 'x' }), 403, 'forbidden');
    expectProblem(await as(bob, 'DELETE', `/message/v1/${ofAda.messageId}`), 403, 'forbidden');
    expectProblem(await as(ada, 'PATCH', `/message/v1/${ofBob.messageId}`, { text: 'x' }), 403, 'forbidden');
    expect((await as(ada, 'DELETE', `/message/v1/${ofBob.messageId}`)).status).to.equal(204);
    const direct = await send(app, ada, { recipientId: bob.userId, text: 'between us' });
    expectProblem(await as(bob, 'DELETE', `/message/v1/${direct.messageId}`), 403, 'forbidden');
  });

  it('can be deleted, and not edited, where the other has blocked its sender', async () => {
    const { messageId } = await send(app, cleo, { recipientId: bob.userId, text: 'hello' });
    await as(bob, 'PUT', `/user/v1/blocks/${cleo.userId}`);
    const edit = await as(cleo, 'PATCH', `/message/v1/${messageId}`, { text: 'hello again' });
    expectProblem(edit, 403, 'recipient_unavailable');
    expect((await as(cleo, 'DELETE', `/message/v1/${messageId}`)).status).to.equal(204);
    await as(bob, 'DELETE', `/user/v1/blocks/${cleo.userId}`);
  });

  it('is told to a client that was away, once, by its last change', async () => {
    const socket = await openSocket(app, bob);
    const [one, two] = [await sentBy(ada, 'one'), await sentBy(ada, 'two')];
    await served(socket, two.position);
    await socket.close();
    await as(ada, 'PATCH', `/message/v1/${one.messageId}`, { text: 'uno' });
    const gone = await as(ada, 'DELETE', `/message/v1/${two.messageId}`);
    const last = await as(ada, 'PATCH', `/message/v1/${one.messageId}`, { text: 'eins' });
    const resumed = await openSocket(app, bob, two.position);
    await served(resumed, positionOf(last));
    const told = resumed.frames.filter(({ type }) => type.startsWith('message.'));
    expect(told.map(({ type, position }) => [type, position])).to.deep.equal([
      ['message.deleted', positionOf(gone)],
      ['message.edited', positionOf(last)],
    ]);
    expect((told[1]?.['message'] as { text: string }).text).to.equal('eins');
  });
});
