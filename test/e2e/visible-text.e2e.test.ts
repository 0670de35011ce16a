import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { PASSWORD, setScene, type Scene } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';
import { closeSockets, connect } from '../support/socket.js';

const NOTHING = ['   ', '\u200b\u200d', '\ufe0f', '\u200e', '\u3164', '\u2800', '\u00ad', '\u0301'];
const SOMETHING = ['\u2764\ufe0f', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 'می\u200cخواهم', 'ที่', 'नमस्ते'];

// Messages, groups, users and devices whose text shows nothing were accepted.
describe('what shows nothing', () => {
  let app: RunningApp;
  let scene: Scene;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    scene = await setScene(app);
  });
  after(async () => {
    closeSockets();
    await app.stop();
  });

  const as = (method: string, path: string, json: object) =>
    call(app, method, path, { token: scene.ada.accessToken, json });

  const calls: Readonly<Record<string, (text: string) => ReturnType<typeof call>>> = {
    'a message': (text) => as('POST', '/message/v1/send', { conversationId: scene.directId, text }),
    'the title of a group': (title) =>
      as('POST', '/conversation/v1', { kind: 'group', title, memberIds: [scene.bob.userId] }),
    'another title': (title) => as('PATCH', `/conversation/v1/${scene.groupId}`, { title }),
    'a display name': (displayName) => as('PATCH', '/user/v1/me', { displayName }),
    'words about oneself': (bio) => as('PATCH', '/user/v1/me', { bio }),
    'a device': (device) => as('POST', '/user/v1/login', { login: 'ada', password: PASSWORD, device }),
  };
  for (const [what, take] of Object.entries(calls))
    it(`is refused as ${what}, and joiners, selectors and marks are not`, async () => {
      for (const text of NOTHING) expectProblem(await take(text), 400, 'invalid_request');
      for (const text of SOMETHING) {
        const answer = await take(text);
        expect(answer.status, `${text}: ${answer.text}`).to.be.oneOf([200, 201]);
      }
    });

  it('is refused as the name of who registers', async () => {
    const registering = { username: 'nobody', email: 'nobody@example.org', password: PASSWORD };
    for (const displayName of NOTHING)
      expectProblem(
        await call(app, 'POST', '/user/v1/register', { json: { ...registering, displayName } }),
        400,
        'invalid_request',
      );
  });

  it('is refused as the text of a frame, and the socket stays open', async () => {
    const socket = await connect(app, scene.ada.accessToken);
    await socket.next('ready');
    for (const text of NOTHING) {
      socket.send({ type: 'send', id: 'unseen', conversationId: scene.directId, text });
      expect(await socket.next('error')).to.include({ id: 'unseen', code: 'invalid_request' });
    }
    for (const text of SOMETHING) {
      socket.send({ type: 'send', id: text, conversationId: scene.directId, text });
      expect(await socket.next('ack')).to.include({ id: text });
    }
    await socket.close();
  });
});
