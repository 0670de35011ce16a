import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket } from '../support/live-socket.js';
import { pathOfLink, withoutLinks } from '../support/media-links.js';
import { logIn, send, setScene, signUp, type Scene, type SignedUp } from '../support/signed-up.js';
import { closeSockets, type Frame } from '../support/socket.js';
import { sidewaysJpeg } from '../support/test-images.js';
import { untilSaid } from '../support/until-said.js';
import { upload } from '../support/upload.js';

interface Shown {
  readonly messageId: string;
  readonly attachments: readonly { readonly url: string; readonly thumbnailUrl?: string }[];
}

describe('Signed links to files', () => {
  let app: RunningApp;
  let node: RunningApp;
  let scene: Scene;
  let image: Uint8Array;

  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000', LOG_LEVEL: 'trace' } });
    node = await startApp({ beside: app, env: { DATA_DIR: app.dataDir, RATE_LIMIT_SCALE: '100000' } });
    scene = await setScene(app);
    image = await sidewaysJpeg(90, 60);
  });
  afterEach(closeSockets);
  after(async () => {
    await node.stop();
    await app.stop();
  });

  /** Loads a link as an `<img>` does, but for the headers. */
  const load = (url: string, headers: Readonly<Record<string, string>> = {}, target = app) =>
    call(target, 'GET', url, { headers });
  const get = async ({ accessToken: token }: Pick<SignedUp, 'accessToken'>, path: string, position = '0') =>
    (await call(app, 'GET', path, { token, headers: { 'x-min-position': position } })).body;
  const messageIn = (body: Frame | Readonly<Record<string, unknown>>, field = 'message') => body[field] as Shown;
  const urlsOf = ({ attachments: [file] }: Shown) => [file?.url ?? '', file?.thumbnailUrl ?? ''] as const;
  const carry = async (to: object, content: Uint8Array | string = image) => {
    const { mediaId } = await upload(app, scene.ada, content);
    return { mediaId, ...(await send(app, scene.ada, { ...to, attachments: [mediaId] })) };
  };
  /** Answers the links to the file of a new message, as this session is given them. */
  const linksFor = async (viewer: Pick<SignedUp, 'accessToken'>, to: object) => {
    const sent = await carry(to);
    const [url, thumbnailUrl] = urlsOf((await get(viewer, `/message/v1/${sent.messageId}`, sent.position)) as never);
    return { ...sent, url, thumbnailUrl };
  };
  const codeOf = async (url: string, position = '0', target = app) =>
    (await load(url, { 'x-min-position': position }, target)).body['code'];

  it('load it without a header, wherever its message is shown', async () => {
    const { bob, groupId } = scene;
    const socket = await openSocket(app, bob);
    const { messageId, position } = await carry({ conversationId: groupId });
    const shown = [messageIn(await socket.next('message.sent'))];
    const { accessToken: token } = scene.ada;
    await call(app, 'PUT', `/conversation/v1/${groupId}/pins/${messageId}`, { token });
    await call(app, 'PATCH', `/message/v1/${messageId}`, { token, json: { text: 'look' } });
    shown.push(messageIn(await socket.next('message.edited')));
    shown.push(...((await get(bob, `/message/v1/history?conversationId=${groupId}`))['messages'] as Shown[]));
    shown.push((await get(bob, `/message/v1/${messageId}`)) as never);
    shown.push(messageIn(await get(bob, `/conversation/v1/${groupId}`), 'lastMessage'));
    const { conversations } = (await get(bob, '/conversation/v1')) as { conversations: { lastMessage: Shown }[] };
    shown.push(...conversations.slice(0, 1).map(({ lastMessage }) => lastMessage));
    const { pins } = (await get(bob, `/conversation/v1/${groupId}/pins`)) as { pins: { message: Shown }[] };
    shown.push(...pins.map(({ message }) => message));
    closeSockets();
    const before = String(BigInt(position) - 1n);
    shown.push(messageIn(await (await openSocket(app, bob, before)).next('message.sent')));
    expect(shown).to.have.lengthOf(8);
    for (const each of shown) {
      expect(each.messageId).to.equal(messageId);
      const [url, thumbnailUrl] = urlsOf(withoutLinks(each));
      expect(thumbnailUrl).to.equal(`${url}/thumbnail`);
      const [full, small] = await Promise.all(urlsOf(each).map((link) => load(link)));
      expect([full?.status, full?.headers.get('content-type')]).to.deep.equal([200, 'image/jpeg']);
      expect([small?.status, small?.headers.get('content-type')]).to.deep.equal([200, 'image/webp']);
    }
  });

  it('load it for who joins, by the frame that says so, and through another node', async () => {
    const { ada, eve } = scene;
    const group = await call(app, 'POST', '/conversation/v1', {
      token: ada.accessToken,
      json: { kind: 'group', title: 'New', memberIds: [scene.bob.userId] },
    });
    const { conversationId } = group.body['conversation'] as { conversationId: string };
    await carry({ conversationId });
    const socket = await openSocket(app, eve);
    const json = { userIds: [eve.userId] };
    await call(app, 'POST', `/conversation/v1/${conversationId}/members`, { token: ada.accessToken, json });
    const joined = (await socket.next('conversation.member_added'))['conversation'] as { lastMessage: Shown };
    const [url] = urlsOf(joined.lastMessage);
    for (const target of [app, node]) expect((await load(url, {}, target)).status).to.equal(200);
  });

  it('are served as they are with a token: in parts, from a cache, and to pages of other origins', async () => {
    const { url } = await linksFor(scene.bob, { conversationId: scene.directId });
    const whole = await load(url);
    expect(whole.headers.get('cache-control')).to.equal('private, max-age=3600');
    expect(whole.headers.get('vary')).to.equal('Origin, Authorization');
    expect(whole.headers.get('cross-origin-resource-policy')).to.equal('cross-origin');
    expect(whole.headers.get('content-security-policy')).to.equal("default-src 'none'; sandbox");
    expect((await load(url, { range: 'bytes=0-9' })).status).to.equal(206);
    expect((await load(url, { 'if-none-match': whole.headers.get('etag') ?? '' })).status).to.equal(304);
  });

  it('are refused when they are not signed for just this', async () => {
    const { url, thumbnailUrl } = await linksFor(scene.bob, { conversationId: scene.directId });
    const other = await carry({ conversationId: scene.directId });
    const [token, small] = [url, thumbnailUrl].map((each) => each.split('=')[1] ?? '');
    const path = pathOfLink(url);
    const forged = [
      `${path}?link=${small}`,
      `${path}/thumbnail?link=${token}`,
      `${path}?link=`,
      `${path}?link=${'x'.repeat(999)}`,
    ];
    for (const each of [...forged, `/media/v1/${other.mediaId}?link=${token}`]) {
      const refused = await load(each);
      expectProblem(refused, 401, 'media_link_invalid');
      expect(refused.headers.get('cache-control')).to.equal('no-store');
    }
    expectProblem(await load(`${path}?link=${token}&link=${token}`), 401, 'unauthenticated');
    expectProblem(await load(`/message/v1/${other.messageId}?link=${token}`), 401, 'unauthenticated');
    const { accessToken } = scene.eve;
    expectProblem(await call(app, 'GET', url, { token: accessToken }), 404, 'media_not_found');
  });

  it('are refused on every node once their session has ended, by itself or with all others', async () => {
    const cleo = await signUp(app, 'cleo');
    const [one, other] = [await logIn(app, cleo), await logIn(app, cleo)];
    const to = { recipientId: cleo.userId };
    const [first, second] = [await linksFor(one, to), await linksFor(other, to)];
    await call(app, 'POST', '/user/v1/logout', { token: one.accessToken });
    expectProblem(await load(first.url), 401, 'session_ended');
    await eventually(
      () => codeOf(first.url, '0', node),
      (code) => code === 'session_ended',
    );
    expect((await load(second.url)).status).to.equal(200);
    await call(app, 'POST', '/user/v1/logout', { token: cleo.accessToken, json: { scope: 'all' } });
    expectProblem(await load(second.url), 401, 'session_ended');
    await eventually(
      () => codeOf(second.url, '0', node),
      (code) => code === 'session_ended',
    );
  });

  it('lead nowhere once their user has left, or the message is deleted, but for its uploader', async () => {
    const { ada, bob, groupId } = scene;
    const deleted = await linksFor(bob, { conversationId: groupId });
    const left = await linksFor(bob, { conversationId: groupId });
    const own = urlsOf((await get(ada, `/message/v1/${deleted.messageId}`)) as never)[0];
    const { accessToken: token } = ada;
    const deletion = await call(app, 'DELETE', `/message/v1/${deleted.messageId}`, { token });
    const deletedAt = deletion.headers.get('x-position') ?? '';
    expect(await codeOf(deleted.url, deletedAt)).to.equal('media_not_found');
    expect((await load(own, { 'x-min-position': deletedAt })).status).to.equal(200);
    expect((await load(left.url, { 'x-min-position': deletedAt })).status).to.equal(200);
    const removal = await call(app, 'DELETE', `/conversation/v1/${groupId}/members/${bob.userId}`, { token });
    expect(await codeOf(left.url, removal.headers.get('x-position') ?? '')).to.equal('media_not_found');
  });

  it('lead nowhere once who uploaded the file is erased, or who loads it', async () => {
    const dora = await signUp(app, 'dora');
    const { mediaId } = await upload(app, dora, 'of Dora');
    const to = { recipientId: scene.eve.userId, attachments: [mediaId] };
    const { messageId, position } = await send(app, dora, to);
    const [url] = urlsOf((await get(scene.eve, `/message/v1/${messageId}`, position)) as never);
    const [own] = urlsOf((await get(dora, `/message/v1/${messageId}`, position)) as never);
    expect((await load(url)).status).to.equal(200);
    const json = { password: dora.password };
    const erased = await call(app, 'DELETE', '/user/v1/me', { token: dora.accessToken, json });
    expect(await codeOf(url, erased.headers.get('x-position') ?? '')).to.equal('media_not_found');
    expectProblem(await load(own), 401, 'session_ended');
  });

  it('are in no log', async () => {
    const { url } = await linksFor(scene.bob, { conversationId: scene.directId });
    expect((await load(url)).status).to.equal(200);
    await load(`${url}x`);
    await untilSaid(app, '/media/v1/:mediaId');
    for (const signature of [/link=/, url.split('=')[1] ?? ''])
      expect(app.output()).not.to.match(new RegExp(signature));
  });
});
