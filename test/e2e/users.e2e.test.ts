import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';
import { closeSockets, connect } from '../support/socket.js';
import { sidewaysJpeg } from '../support/test-images.js';
import { download, upload } from '../support/upload.js';

interface Profile {
  readonly userId: string;
  readonly username: string;
}

describe('users', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let eve: SignedUp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    [ada, bob, eve] = [await signUp(app, 'ada'), await signUp(app, 'Bob.B'), await signUp(app, 'eve')];
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const as = ({ accessToken: token }: SignedUp, method: string, path: string, json?: object) =>
    call(app, method, path, { token, ...(json && { json }) });
  /** Answers what is read once the read model has come to a position. */
  const readAt = (position: string | null, { accessToken: token }: SignedUp, path: string) =>
    call(app, 'GET', path, { token, headers: { 'x-min-position': position ?? '' } });
  const positionOf = ({ headers }: { readonly headers: Headers }) => headers.get('x-position');

  describe('a profile', () => {
    it('is changed in parts, and shown to others', async () => {
      const changed = await as(ada, 'PATCH', '/user/v1/me', { displayName: 'Ada Lovelace', bio: 'Poetical\nscience' });
      expect(changed.status, changed.text).to.equal(200);
      expect(changed.body).to.include({ displayName: 'Ada Lovelace', email: ada.email, emailVerified: true });
      const cleared = await as(ada, 'PATCH', '/user/v1/me', { bio: null, avatarMediaId: null });
      expect(cleared.body).to.include({ displayName: 'Ada Lovelace', bio: null });
      const seen = await readAt(positionOf(cleared), bob, `/user/v1/users/${ada.userId}`);
      expect(seen.body).to.deep.equal({
        userId: ada.userId,
        username: 'ada',
        displayName: 'Ada Lovelace',
        bio: null,
        avatarMediaId: null,
      });
    });

    it('is shown live to users who share a conversation, and to nobody else', async () => {
      const sent = await as(ada, 'POST', '/message/v1/send', { recipientId: bob.userId, text: 'Hello' });
      expect(sent.status).to.equal(201);
      const [talking, strange] = [await connect(app, bob.accessToken), await connect(app, eve.accessToken)];
      await talking.next('ready');
      await strange.next('ready');
      await as(ada, 'PATCH', '/user/v1/me', { displayName: 'Countess' });
      expect((await talking.next('user.updated'))['user']).to.include({ userId: ada.userId, displayName: 'Countess' });
      strange.send({ type: 'ping' });
      await strange.next('pong');
      expect(strange.frames.map(({ type }) => type)).to.deep.equal(['ready', 'pong']);
    });

    it('is refused with names that mislead, and with what is not of it', async () => {
      for (const json of [
        { displayName: 'Ada\u202efdp.exe' },
        { displayName: ' ' },
        { displayName: 'A\r\nBcc: eve' },
        { bio: 'x'.repeat(501) },
        { bio: '\u0000' },
        { avatarMediaId: 'portrait.png' },
        { emailVerified: true },
        { roles: ['admin'] },
        { username: 'root' },
      ])
        expectProblem(await as(ada, 'PATCH', '/user/v1/me', json), 400, 'invalid_request');
    });

    it('has an avatar, which everybody who is logged in may load, with a token or by its link', async () => {
      const [mary, nell] = [await signUp(app, 'mary'), await signUp(app, 'nell')];
      await as(mary, 'POST', '/message/v1/send', { recipientId: nell.userId, text: 'Hello' });
      await as(eve, 'PUT', `/user/v1/contacts/${mary.userId}`);
      const { mediaId } = await upload(app, mary, await sidewaysJpeg(90, 60));
      expect((await download(app, eve, mediaId)).status).to.equal(404);
      const socket = await connect(app, nell.accessToken);
      await socket.next('ready');
      const changed = await as(mary, 'PATCH', '/user/v1/me', { avatarMediaId: mediaId });
      expect(changed.body, changed.text).to.include({ avatarMediaId: mediaId, displayName: 'mary' });
      const named = { userId: mary.userId, username: 'mary', displayName: 'mary', bio: null, avatarMediaId: mediaId };
      expect((await socket.next('user.updated'))['user']).to.deep.equal(named);
      const read = (path: string) => readAt(positionOf(changed), eve, path);
      const { body: profile } = await read(`/user/v1/users/${mary.userId}`);
      expect(profile).to.include(named);
      const lists = [
        (await read('/user/v1/contacts')).body['contacts'],
        (await read('/user/v1/users?query=mary')).body['users'],
      ];
      for (const list of lists) expect(list).to.deep.equal([profile]);
      expect((await download(app, eve, mediaId)).headers.get('content-type')).to.equal('image/jpeg');
      expect((await download(app, eve, `${mediaId}/thumbnail`)).headers.get('content-type')).to.equal('image/webp');
      const links = [profile['avatarUrl'], profile['avatarThumbnailUrl']] as string[];
      const loaded = await Promise.all(links.map((link) => call(app, 'GET', link)));
      expect(loaded.map(({ headers }) => headers.get('content-type'))).to.deep.equal(['image/jpeg', 'image/webp']);
      const removed = await as(mary, 'PATCH', '/user/v1/me', { avatarMediaId: null });
      expect(removed.body).to.include({ avatarMediaId: null }).and.to.not.have.property('avatarUrl');
      for (const link of links)
        expectProblem(
          await call(app, 'GET', link, { headers: { 'x-min-position': positionOf(removed) ?? '' } }),
          404,
          'media_not_found',
        );
      expect((await download(app, mary, mediaId)).status).to.equal(200);
    });

    it('of nobody is not found', async () =>
      expectProblem(await as(ada, 'GET', `/user/v1/users/${randomUUID()}`), 404, 'user_not_found'));
  });

  describe('settings', () => {
    it('have defaults, and are changed in parts', async () => {
      const first = await as(eve, 'GET', '/user/v1/me/settings');
      expect(first.body).to.deep.equal({ readReceipts: true, presence: 'everyone', locale: 'en', notifications: true });
      const changed = await as(eve, 'PATCH', '/user/v1/me/settings', { presence: 'contacts', locale: 'de-at' });
      expect(changed.body).to.deep.equal({ ...first.body, presence: 'contacts', locale: 'de-AT' });
      for (const json of [{ presence: 'some' }, { locale: 'not a tag' }, { readReceipts: 'no' }, { theme: 'dark' }])
        expectProblem(await as(eve, 'PATCH', '/user/v1/me/settings', json), 400, 'invalid_request');
    });
  });

  describe('a search', () => {
    const found = async (query: string, more = '') => {
      const answer = await as(eve, 'GET', `/user/v1/users?query=${encodeURIComponent(query)}${more}`);
      expect(answer.status, answer.text).to.equal(200);
      return answer.body as unknown as { users: Profile[]; nextCursor: string | null };
    };
    const names = async (query: string) => (await found(query)).users.map(({ username }) => username);

    it('finds by the beginning of a username or of a word of the name, whatever the case', async () => {
      const { headers } = await as(bob, 'PATCH', '/user/v1/me', { displayName: 'Robert Émile Böll' });
      await readAt(headers.get('x-position'), eve, '/user/v1/me');
      expect(await names('bob.')).to.deep.equal(['Bob.B']);
      expect(await names('ROB')).to.deep.equal(['Bob.B']);
      expect(await names('émi')).to.deep.equal(['Bob.B']);
      expect(await names('BÖLL')).to.deep.equal(['Bob.B']);
      expect(await names('mile')).to.deep.equal([]);
      expect(await names('%')).to.deep.equal([]);
      expect(await names("' or 1=1 --")).to.deep.equal([]);
    });

    it('does not find by a name that was given up', async () => {
      const { headers } = await as(bob, 'PATCH', '/user/v1/me', { displayName: 'Nobody' });
      await readAt(headers.get('x-position'), eve, '/user/v1/me');
      expect(await names('robert')).to.deep.equal([]);
      expect(await names('bob')).to.deep.equal(['Bob.B']);
    });

    it('goes on behind a cursor, each found once', async () => {
      for (const n of [1, 2, 3, 4, 5]) await signUp(app, `page${n}`);
      const all: string[] = [];
      let cursor = '';
      for (let pages = 0; pages < 4; pages += 1) {
        const { users, nextCursor } = await found('page', `&limit=2${cursor}`);
        all.push(...users.map(({ username }) => username));
        if (nextCursor === null) break;
        cursor = `&cursor=${nextCursor}`;
      }
      expect(all).to.deep.equal(['page1', 'page2', 'page3', 'page4', 'page5']);
      expectProblem(await as(eve, 'GET', '/user/v1/users?query=page&cursor=what'), 400, 'invalid_request');
      expectProblem(await as(eve, 'GET', '/user/v1/users'), 400, 'invalid_request');
    });
  });

  describe('contacts', () => {
    it('are kept and removed, once or twice', async () => {
      const path = `/user/v1/contacts/${bob.userId}`;
      for (const _ of [1, 2]) expect((await as(ada, 'PUT', path)).status).to.equal(204);
      const added = await as(ada, 'PUT', `/user/v1/contacts/${eve.userId}`);
      const list = await readAt(positionOf(added), ada, '/user/v1/contacts');
      expect((list.body['contacts'] as Profile[]).map(({ username }) => username)).to.deep.equal(['Bob.B', 'eve']);
      expect(list.body['nextCursor']).to.equal(null);
      for (const _ of [1, 2]) expect((await as(ada, 'DELETE', path)).status).to.equal(204);
      expectProblem(await as(ada, 'PUT', `/user/v1/contacts/${randomUUID()}`), 404, 'user_not_found');
      expectProblem(await as(ada, 'PUT', `/user/v1/contacts/${ada.userId}`), 400, 'not_yourself');
    });
  });

  describe('a block', () => {
    it('keeps one from starting a direct conversation, from sending into one, and from nothing else', async () => {
      const [frank, gina] = [await signUp(app, 'frank'), await signUp(app, 'gina')];
      const before = await as(gina, 'POST', '/message/v1/send', { recipientId: frank.userId, text: 'before' });
      const { conversationId } = before.body as { conversationId: string };
      const blocked = await as(frank, 'PUT', `/user/v1/blocks/${gina.userId}`);
      expect(blocked.status).to.equal(204);
      const ways: [string, object][] = [
        ['/conversation/v1', { kind: 'direct', userId: frank.userId }],
        ['/message/v1/send', { conversationId, text: 'after' }],
        ['/message/v1/send', { recipientId: frank.userId, text: 'after' }],
        ['/message/v1/send', { recipient: 'frank', text: 'after' }],
      ];
      for (const [path, json] of ways) expectProblem(await as(gina, 'POST', path, json), 403, 'recipient_unavailable');
      const socket = await connect(app, gina.accessToken);
      await socket.next('ready');
      socket.send({ type: 'send', id: 'x', conversationId, text: 'after' });
      expect(await socket.next('error')).to.include({ id: 'x', code: 'recipient_unavailable' });
      // Frank may still write, both may read the old messages, and they meet in a group.
      expect((await as(frank, 'POST', '/message/v1/send', { conversationId, text: 'mine' })).status).to.equal(201);
      expect((await as(gina, 'GET', `/message/v1/history?conversationId=${conversationId}`)).status).to.equal(200);
      const group = { kind: 'group', title: 'Both', memberIds: [frank.userId] };
      expect((await as(gina, 'POST', '/conversation/v1', group)).status).to.equal(201);
      const list = await readAt(positionOf(blocked), frank, '/user/v1/blocks');
      expect((list.body['blocks'] as Profile[]).map(({ userId }) => userId)).to.deep.equal([gina.userId]);
      expect((await as(frank, 'DELETE', `/user/v1/blocks/${gina.userId}`)).status).to.equal(204);
      for (const [path, json] of ways) expect((await as(gina, 'POST', path, json)).status).to.be.oneOf([200, 201]);
    });
  });

  describe('read receipts', () => {
    it('switched off hide what one reads, and what others read, on every way', async () => {
      const [hank, iris] = [await signUp(app, 'hank'), await signUp(app, 'iris')];
      const sockets = { hank: await connect(app, hank.accessToken), iris: await connect(app, iris.accessToken) };
      const ready = await sockets.iris.next('ready');
      await sockets.hank.next('ready');
      await as(hank, 'PATCH', '/user/v1/me/settings', { readReceipts: false });
      const first = (await as(iris, 'POST', '/message/v1/send', { recipient: 'hank', text: 'one' })).body;
      const { conversationId, messageId } = first as { conversationId: string; messageId: string };
      await as(hank, 'POST', '/message/v1/read', { conversationId, messageId });
      expect(await sockets.hank.next('message.read'), 'one’s own devices are told').to.include({ userId: hank.userId });
      const answer = (await as(hank, 'POST', '/message/v1/send', { recipient: 'iris', text: 'two' })).body;
      const read = await as(iris, 'POST', '/message/v1/read', { conversationId, messageId: answer['messageId'] });
      expect(await sockets.iris.next('message.read')).to.include({ userId: iris.userId });
      const receiptsOf = async (viewer: SignedUp, id: unknown) =>
        (await readAt(positionOf(read), viewer, `/message/v1/${String(id)}/receipts`)).body['receipts'];
      const nothing = { deliveredAt: null, readAt: null };
      expect(await receiptsOf(iris, messageId)).to.deep.equal([{ userId: hank.userId, ...nothing }]);
      expect(await receiptsOf(hank, answer['messageId'])).to.deep.equal([{ userId: iris.userId, ...nothing }]);
      const third = (await as(iris, 'POST', '/message/v1/send', { recipient: 'hank', text: 'three' })).body;
      await sockets.hank.next('message.sent');
      for (const [name, own] of [
        ['hank', hank.userId],
        ['iris', iris.userId],
      ] as const) {
        const told = sockets[name].frames.filter(({ type }) => type === 'message.read');
        expect(
          told.map(({ userId }) => userId),
          `frames to ${name}`,
        ).to.deep.equal([own]);
      }
      const again = await connect(app);
      again.send({ type: 'auth', token: iris.accessToken, resumeAfter: ready['position'] });
      await again.next('ready');
      let missed = await again.next('message.sent');
      while ((missed['message'] as { messageId: string }).messageId !== third['messageId'])
        missed = await again.next('message.sent');
      const resumed = again.frames.filter(({ type }) => type === 'message.read').map(({ userId }) => userId);
      expect(resumed, 'resumed').to.deep.equal([iris.userId]);
      const inbox = await readAt(third['position'] as string, hank, '/conversation/v1');
      const [conversation] = inbox.body['conversations'] as { unreadCount: number }[];
      expect(conversation, 'what is unread is counted all the same').to.include({ unreadCount: 1 });
    });
  });
});
