import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { startApp, type RunningApp } from '../support/app.js';
import { history, setScene, type SignedUp, type Scene } from '../support/signed-up.js';
import { call, expectProblem, type Answer } from '../support/call.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const AT_ONCE = 8;

// The key was validated, then ignored: a retry whose first answer was lost sent the message twice.
describe('a message with an idempotency key', () => {
  let app: RunningApp;
  let scene: Scene;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    scene = await setScene(app);
  });
  after(() => app.stop());

  const send = (key: string, json: object, from: SignedUp = scene.ada, target = app): Promise<Answer> =>
    call(target, 'POST', '/message/v1/send', {
      token: from.accessToken,
      json: { conversationId: scene.directId, ...json },
      headers: { 'Idempotency-Key': key },
    });

  /** Counts the messages of the direct conversation with this text. */
  const count = async (text: string, { body }: Answer): Promise<number> => {
    const messages = await history(app, scene.bob, scene.directId, body['position'] as string);
    return messages.filter((message) => message.text === text).length;
  };

  it('is sent once, and answered as the first time', async () => {
    const first = await send('once', { text: 'once' });
    expect(first.status).to.equal(201);
    expect(first.body['messageId']).to.match(UUID_V7);
    const again = await send('once', { text: 'once' });
    expect(again.status).to.equal(200);
    expect(again.body).to.deep.equal(first.body);
    expect(await count('once', first)).to.equal(1);
  });

  it('is sent once by many requests at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => send('at-once', { text: 'at once' })));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([...Array<number>(AT_ONCE - 1).fill(200), 201]);
    expect(new Set(answers.map(({ text }) => text))).to.have.property('size', 1);
    expect(await count('at once', answers[0]!)).to.equal(1);
  });

  it('is refused when the key stands for another', async () => {
    const first = await send('other', { text: 'one' });
    for (const json of [
      { text: 'two' },
      { text: 'one', replyTo: scene.messageId },
      { text: 'one', conversationId: scene.groupId },
    ])
      expectProblem(await send('other', json), 409, 'idempotency_conflict');
    expect(await count('two', first)).to.equal(0);
    expect((await send('other', { text: 'one' })).body).to.deep.equal(first.body);
  });

  it('is recognised on another server, which started later', async () => {
    const first = await send('restart', { text: 'restart' });
    const other = await startApp({ beside: app });
    try {
      const again = await send('restart', { text: 'restart' }, scene.ada, other);
      expect(again.status).to.equal(200);
      expect(again.body).to.deep.equal(first.body);
    } finally {
      await other.stop();
    }
  });

  it('is that of its sender: others use the same key', async () => {
    const [one, other] = [await send('shared', { text: 'mine' }), await send('shared', { text: 'mine' }, scene.bob)];
    expect([one.status, other.status]).to.deep.equal([201, 201]);
    expect(other.body['messageId']).to.not.equal(one.body['messageId']);
  });

  it('is known by its messageId where it has one', async () => {
    const messageId = randomUUID();
    const first = await send('both', { text: 'both', messageId });
    expect(first.body['messageId']).to.equal(messageId);
    expect((await send('another', { text: 'both', messageId })).body).to.deep.equal(first.body);
    expect((await send('both', { text: 'next', messageId: randomUUID() })).status).to.equal(201);
  });

  it('is sent again and again without a key', async () => {
    const json = { conversationId: scene.directId, text: 'keyless' };
    const ids = [];
    for (let n = 0; n < 2; n += 1)
      ids.push((await call(app, 'POST', '/message/v1/send', { token: scene.ada.accessToken, json })).body['messageId']);
    expect(new Set(ids)).to.have.property('size', 2);
  });

  it('is answered as the first time after its sender was removed', async () => {
    const { ada, bob, groupId } = scene;
    const first = await send('removed', { text: 'removed', conversationId: groupId }, bob);
    expect(first.status).to.equal(201);
    const path = `/conversation/v1/${groupId}/members/${bob.userId}`;
    expect((await call(app, 'DELETE', path, { token: ada.accessToken })).status).to.be.oneOf([200, 204]);
    const again = await send('removed', { text: 'removed', conversationId: groupId }, bob);
    expect([again.status, again.body]).to.deep.equal([200, first.body]);
    expectProblem(
      await send('other', { text: 'removed', conversationId: groupId }, bob),
      404,
      'conversation_not_found',
    );
  });
});
