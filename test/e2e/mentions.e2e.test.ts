import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { openSocket } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';

describe('mentions', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let cleo: SignedUp;
  let group: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    [ada, bob, cleo] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'cleo')];
    await signUp(app, 'eve');
    const json = { kind: 'group', title: 'Engines', memberIds: [bob.userId, cleo.userId] };
    const { body } = await as(ada, 'POST', '/conversation/v1', json);
    group = (body['conversation'] as { conversationId: string }).conversationId;
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const as = ({ accessToken: token }: SignedUp, method: string, path: string, json?: object) =>
    call(app, method, path, { token, ...(json && { json }) });
  const seenBy = async ({ accessToken: token }: SignedUp, path: string, position: string) =>
    (await call(app, 'GET', path, { token, headers: { 'x-min-position': position } })).body;
  const mentioned = async (messageId: string, position: string) =>
    (await seenBy(ada, `/message/v1/${messageId}`, position))['mentions'];
  const counted = async (user: SignedUp, position: string) => {
    const { unreadCount, mentionCount } = await seenBy(user, `/conversation/v1/${group}`, position);
    return [unreadCount, mentionCount];
  };
  const positionOf = ({ headers }: { readonly headers: Headers }): string => headers.get('x-position') ?? '';

  it('are of members, by their names in any case, and are told live', async () => {
    const socket = await openSocket(app, bob);
    const sent = await send(app, ada, { conversationId: group, text: 'Look, @BOB and @eve, at bob@example.org!' });
    expect(await mentioned(sent.messageId, sent.position)).to.deep.equal([bob.userId]);
    const frame = (await socket.next('message.sent'))['message'] as { mentions: string[] };
    expect(frame.mentions).to.deep.equal([bob.userId]);
  });

  it('are found anew in a text that is edited', async () => {
    const socket = await openSocket(app, bob);
    const { messageId } = await send(app, ada, { conversationId: group, text: '@bob' });
    const edited = await as(ada, 'PATCH', `/message/v1/${messageId}`, { text: '@cleo' });
    expect(await mentioned(messageId, positionOf(edited))).to.deep.equal([cleo.userId]);
    const frame = (await socket.next('message.edited'))['message'] as { mentions: string[] };
    expect(frame.mentions).to.deep.equal([cleo.userId]);
    const deleted = await as(ada, 'DELETE', `/message/v1/${messageId}`);
    expect(await mentioned(messageId, positionOf(deleted))).to.deep.equal([]);
  });

  it('are of all, where an owner says so', async () => {
    const byAda = await send(app, ada, { conversationId: group, text: '@all: dinner' });
    expect(await mentioned(byAda.messageId, byAda.position)).to.have.members([bob.userId, cleo.userId]);
    const byBob = await send(app, bob, { conversationId: group, text: '@all: dinner' });
    expect(await mentioned(byBob.messageId, byBob.position)).to.deep.equal([]);
  });

  it('are found in the first message of a direct conversation', async () => {
    const sent = await send(app, cleo, { recipient: 'bob', text: 'Hi @bob, not @ada' });
    const { mentions } = await seenBy(bob, `/message/v1/${sent.messageId}`, sent.position);
    expect(mentions).to.deep.equal([bob.userId]);
  });

  it('are counted behind what one has read', async () => {
    const first = await send(app, ada, { conversationId: group, text: 'hello @cleo' });
    await as(cleo, 'POST', '/message/v1/read', { conversationId: group, messageId: first.messageId });
    const one = await send(app, ada, { conversationId: group, text: 'one @cleo' });
    const two = await send(app, ada, { conversationId: group, text: 'two @bob' });
    expect(await counted(cleo, two.position)).to.deep.equal([2, 1]);
    const edited = await as(ada, 'PATCH', `/message/v1/${two.messageId}`, { text: 'two @cleo' });
    expect(await counted(cleo, positionOf(edited))).to.deep.equal([2, 2]);
    const removed = await as(ada, 'DELETE', `/message/v1/${one.messageId}`);
    expect(await counted(cleo, positionOf(removed))).to.deep.equal([2, 1]);
    const read = await as(cleo, 'POST', '/message/v1/read', { conversationId: group, messageId: two.messageId });
    expect(await counted(cleo, positionOf(read))).to.deep.equal([0, 0]);
  });

  for (const storm of ['@', '@ab ', '@all ', '@bob ', '@x9. '])
    it(`are text where there are as many as fit: ${storm}`, async () => {
      const text = storm.repeat(8_000 / storm.length);
      const sent = await send(app, bob, { conversationId: group, text });
      const { text: kept } = await seenBy(ada, `/message/v1/${sent.messageId}`, sent.position);
      expect(kept).to.equal(text);
      const names = Array.from({ length: 1_000 }, (_, n) => `@u${n}`).join(' ');
      expect(await mentioned(sent.messageId, sent.position)).to.deep.equal([]);
      const many = await send(app, ada, { conversationId: group, text: names });
      expect(await mentioned(many.messageId, many.position)).to.deep.equal([]);
    });
});
