import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem, type Answer } from '../support/call.js';
import { openSocket, served } from '../support/live-socket.js';
import { history, logIn, send, signUp, type LoggedIn, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';
import type { Target } from '../support/target.js';
import { download, formOf } from '../support/upload.js';

const ROUNDS = 4;
const PAGE = 2;

/** A load balancer without stickiness, at its strictest: it sends each request, and each socket, to the other server. */
describe('Each request of a session that goes to another server than the one before', () => {
  let nodes: readonly [RunningApp, RunningApp];
  let balanced: Target;
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;

  before(async function () {
    this.timeout(90_000);
    const app = await startApp();
    nodes = [app, await startApp({ beside: app, env: { DATA_DIR: app.dataDir } })];
    const { pid, jwtSecret, masterKey } = app;
    let asked = 0;
    balanced = {
      get url() {
        asked += 1;
        return nodes[asked % 2 === 1 ? 0 : 1].url;
      },
      pid,
      jwtSecret,
      masterKey,
      output: () => nodes.map((node) => node.output()).join('\n'),
      mailedToken: (email) => app.mailedToken(email),
    };
    ada = await signUp(balanced, 'ada');
    bob = await signUp(balanced, 'bob');
    ({ conversationId } = await send(balanced, ada, { recipientId: bob.userId, text: 'the first' }));
  });
  afterEach(closeSockets);
  after(async () => {
    const [app, other] = nodes;
    await other.stop();
    await app.stop();
  });

  const get = async (path: string, user: SignedUp, position = '0'): Promise<Answer['body']> => {
    const answer = await call(balanced, 'GET', path, {
      token: user.accessToken,
      headers: { 'x-min-position': position },
    });
    expect(answer.status, `${path}: ${answer.text}`).to.equal(200);
    return answer.body;
  };
  const positionIn = (answer: Answer): string => answer.headers.get('x-position') ?? '';

  // nginx keeps connections for 60 s, and answers 502 where one is ended under a request that it cannot repeat.
  it('keeps connections open for longer than a balancer does', async () => {
    for (const app of nodes) {
      const { headers } = await call(app, 'GET', '/healthz');
      expect(headers.get('keep-alive')).to.equal('timeout=75');
    }
  });

  it('keeps its tokens: each refresh is the next of one family, and a reuse ends it everywhere', async () => {
    let { refreshToken } = await logIn(balanced, ada);
    const first = refreshToken;
    const refresh = (token: string) =>
      call(balanced, 'POST', '/user/v1/refresh-token', { json: { refreshToken: token } });
    for (let n = 0; n < ROUNDS + 1; n += 1) {
      const answer = await refresh(refreshToken);
      expect(answer.status, answer.text).to.equal(200);
      const fresh = answer.body as unknown as LoggedIn;
      await get('/user/v1/me', { ...ada, ...fresh });
      ({ refreshToken } = fresh);
    }
    expectProblem(await refresh(first), 401, 'refresh_token_reused');
    expectProblem(await refresh(refreshToken), 401, 'refresh_token_invalid');
  });

  it('sees what it has written at once, by the position that each answer has', async () => {
    for (let n = 0; n < ROUNDS; n += 1) {
      const text = `written ${n}`;
      const { messageId, position } = await send(balanced, ada, { conversationId, text });
      expect((await history(balanced, ada, conversationId, position)).at(-1)?.text).to.equal(text);
      const edit = { token: ada.accessToken, json: { text: `${text}, and edited` } };
      const edited = await call(balanced, 'PATCH', `/message/v1/${messageId}`, edit);
      const read = await get(`/message/v1/${messageId}`, bob, positionIn(edited));
      expect(read).to.include({ text: `${text}, and edited` });
      const json = { displayName: `Ada ${n}` };
      const renamed = await call(balanced, 'PATCH', '/user/v1/me', { token: ada.accessToken, json });
      expect(await get('/user/v1/me', ada, positionIn(renamed))).to.include(json);
    }
  });

  it('is carried out once, though its key comes to both at once, and is answered alike', async () => {
    const twice = (path: string, json: object, headers: Readonly<Record<string, string>> = {}) =>
      Promise.all(nodes.map((node) => call(node, 'POST', path, { token: ada.accessToken, json, headers })));
    for (let n = 0; n < ROUNDS; n += 1) {
      const group = { kind: 'group', title: `Group ${n}`, memberIds: [bob.userId] };
      const key = { 'Idempotency-Key': randomUUID() };
      const groups = await twice('/conversation/v1', group, key);
      const [one, other] = groups.map(
        ({ body }) => (body['conversation'] as { conversationId: string }).conversationId,
      );
      expect(one).to.equal(other);
      const message = { conversationId: one, text: 'once', messageId: randomUUID() };
      const messages = await twice('/message/v1/send', message);
      expect(messages[0]?.body).to.deep.equal(messages[1]?.body);
      const keyed = await twice('/message/v1/send', { conversationId: one, text: 'keyed' }, key);
      expect(keyed[0]?.body).to.deep.equal(keyed[1]?.body);
      const position = keyed[0]?.body['position'] as string;
      const all = await history(balanced, bob, one ?? '', position);
      expect(all.map(({ text }) => text).sort()).to.deep.equal(['keyed', 'once']);
    }
  });

  it('goes on with a cursor of the other, and sees everything once', async () => {
    const paged = async (path: string, field: string): Promise<Record<string, unknown>[]> => {
      const found: Record<string, unknown>[] = [];
      for (let before = ''; ;) {
        const page = await get(`${path}limit=${PAGE}${before}`, bob);
        found.push(...(page[field] as Record<string, unknown>[]));
        const { nextCursor } = page;
        if (typeof nextCursor !== 'string') return found;
        before = `&cursor=${nextCursor}`;
      }
    };
    const inbox = await paged('/conversation/v1?', 'conversations');
    const whole = (await get('/conversation/v1?limit=50', bob))['conversations'] as Record<string, unknown>[];
    expect(whole.length).to.be.greaterThan(2 * PAGE);
    expect(inbox.map(({ conversationId: id }) => id)).to.deep.equal(whole.map(({ conversationId: id }) => id));
    const messages = (await history(balanced, bob, conversationId, '0')).map(({ messageId }) => messageId);
    const backwards: string[] = [];
    for (let before = ''; backwards.length < messages.length;) {
      const path = `/message/v1/history?conversationId=${conversationId}&limit=${PAGE}${before}`;
      const page = (await get(path, bob))['messages'] as { messageId: string; cursor: string }[];
      backwards.unshift(...page.map(({ messageId }) => messageId));
      before = `&before=${page[0]?.cursor}`;
    }
    expect(backwards).to.deep.equal(messages);
  });

  it('has its files: what one takes in the other gives out, whole and in parts', async () => {
    const content = Buffer.from('what one server has taken in, the other gives out');
    for (let n = 0; n < 2; n += 1) {
      const uploaded = await call(balanced, 'POST', '/media/v1', {
        token: ada.accessToken,
        ...formOf({ content, fileName: 'file.txt' }),
      });
      const mediaId = uploaded.body['mediaId'] as string;
      const whole = await download(balanced, ada, mediaId, { 'x-min-position': positionIn(uploaded) });
      expect(whole.bytes).to.deep.equal(content);
      const part = await download(balanced, ada, mediaId, { range: 'bytes=5-14' });
      expect(part.status).to.equal(206);
      expect(part.bytes).to.deep.equal(content.subarray(5, 15));
      const attached = await send(balanced, ada, { conversationId, attachments: [mediaId] });
      await get(`/message/v1/${attached.messageId}`, bob, attached.position);
      expect((await download(balanced, bob, mediaId)).bytes).to.deep.equal(content);
    }
  });

  it('is told live of everything once and in order, though its socket is cut and opens on the other', async () => {
    const told: unknown[] = [];
    const sent: string[] = [];
    let position = (await send(balanced, ada, { conversationId, text: 'before' })).position;
    for (let n = 0; n < ROUNDS; n += 1) {
      const socket = await openSocket(balanced, bob, position);
      expect(socket.ready['resumed']).to.equal(true);
      for (let m = 0; m < 3; m += 1) {
        const message = await send(balanced, ada, { conversationId, text: `${n}.${m}` });
        sent.push(message.messageId);
        ({ position } = message);
      }
      await served(socket, position);
      told.push(...socket.frames.filter(({ type }) => type === 'message.sent').map(({ message }) => message));
      socket.ws.terminate();
      sent.push((await send(balanced, ada, { conversationId, text: `${n}, while away` })).messageId);
    }
    const last = await openSocket(balanced, bob, position);
    ({ position } = await send(balanced, ada, { conversationId, text: 'the last' }));
    await served(last, position);
    told.push(...last.frames.filter(({ type }) => type === 'message.sent').map(({ message }) => message));
    const ids = told.map((message) => (message as { messageId: string }).messageId);
    expect(ids.slice(0, -1)).to.deep.equal(sent);
  });
});
