import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { logIn, signUp, type SignedUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';
import { closeSockets, connect } from '../support/socket.js';
import { eventually } from '../support/eventually.js';

interface ListedSession {
  readonly sessionId: string;
  readonly device: string | null;
  readonly address: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly current: boolean;
}

describe('sessions', () => {
  let app: RunningApp;
  let other: RunningApp;
  let ada: SignedUp;

  before(async function () {
    this.timeout(90_000);
    const env = { HEARTBEAT_INTERVAL: '1h' }; // a heartbeat would close a socket that was left open
    app = await startApp({ env });
    other = await startApp({ beside: app, env });
    ada = await signUp(app, 'ada');
  });
  afterEach(closeSockets);
  after(async () => {
    await other.stop();
    await app.stop();
  });

  const list = async (token: string, target = app): Promise<ListedSession[]> => {
    const answer = await call(target, 'GET', '/user/v1/sessions', { token });
    expect(answer.status, answer.text).to.equal(200);
    return answer.body['sessions'] as ListedSession[];
  };
  const refresh = (refreshToken: string, target = app) =>
    call(target, 'POST', '/user/v1/refresh-token', { json: { refreshToken } });
  const statusOf = async (token: string, target = app) => (await call(target, 'GET', '/user/v1/me', { token })).status;

  /** Connects a socket and waits until it is authenticated. */
  const live = async (target: RunningApp, token: string) => {
    const socket = await connect(target, token);
    await socket.next('ready');
    return socket;
  };

  it('are listed with device and address, the present one marked', async () => {
    const phone = await logIn(app, ada, { device: 'Ada’s phone' });
    const seen = await eventually(
      () => list(phone.accessToken),
      (sessions) => sessions.length === 2,
    );
    const current = seen.find(({ current: is }) => is);
    expect(current).to.include({ sessionId: phone.sessionId, device: 'Ada’s phone', address: '127.0.0.1' });
    expect(seen.filter(({ current: is }) => !is).map(({ device }) => device)).to.deep.equal([null]);
  });

  it('are ended one by one, those of others not at all', async () => {
    const [kept, lost] = [await logIn(app, ada), await logIn(app, ada)];
    const bob = await signUp(app, 'bob');
    const path = `/user/v1/sessions/${lost.sessionId}`;
    expectProblem(await call(app, 'DELETE', path, { token: bob.accessToken }), 404, 'session_not_found');
    const socket = await live(app, lost.accessToken);
    expect((await call(app, 'DELETE', path, { token: kept.accessToken })).status).to.equal(204);
    expect(await socket.next('session.ended')).to.include({ sessionId: lost.sessionId });
    expect(await socket.closed).to.equal(4401);
    expect(await statusOf(lost.accessToken)).to.equal(401);
    expect(await statusOf(kept.accessToken)).to.equal(200);
    expectProblem(await refresh(lost.refreshToken), 401, 'refresh_token_invalid');
    expect((await call(app, 'DELETE', path, { token: kept.accessToken })).status, 'once more').to.equal(204);
    await eventually(
      () => list(kept.accessToken),
      (sessions) => !sessions.some(({ sessionId }) => sessionId === lost.sessionId),
    );
  });

  it('end on every node at once: HTTP is refused there, sockets are closed', async () => {
    const session = await logIn(app, ada);
    const sockets = [await live(app, session.accessToken), await live(other, session.accessToken)];
    expect(await statusOf(session.accessToken, other)).to.equal(200);
    expect((await call(app, 'POST', '/user/v1/logout', { token: session.accessToken })).status).to.equal(204);
    expect(await statusOf(session.accessToken)).to.equal(401);
    await eventually(
      () => statusOf(session.accessToken, other),
      (status) => status === 401,
    );
    // A socket that was left open would be closed over this frame, and would not be told that the session has ended.
    for (const socket of sockets) socket.send({ type: 'ping' });
    expect(await Promise.all(sockets.map(({ closed }) => closed))).to.deep.equal([4401, 4401]);
    expect(sockets.map(({ frames }) => frames.at(-1)?.type)).to.deep.equal(['session.ended', 'session.ended']);
  });

  it('all end but one when the password is changed, on every node', async () => {
    const cleo = await signUp(app, 'cleo');
    const [kept, lost] = [await logIn(app, cleo), await logIn(other, cleo)];
    const sockets = [await live(other, kept.accessToken), await live(other, lost.accessToken)] as const;
    const json = { currentPassword: cleo.password, newPassword: 'another good password' };
    const wrong = { ...json, currentPassword: 'not this one, surely' };
    const path = '/user/v1/password/change';
    expectProblem(await call(app, 'POST', path, { token: kept.accessToken, json: wrong }), 401, 'invalid_credentials');
    expect((await call(app, 'POST', path, { token: kept.accessToken, json })).status).to.equal(204);
    expect(await sockets[1].closed).to.equal(4401);
    sockets[0].send({ type: 'ping' });
    await sockets[0].next('pong');
    expect(await statusOf(kept.accessToken, other)).to.equal(200);
    expect(await statusOf(lost.accessToken, other)).to.equal(401);
    expectProblem(await refresh(lost.refreshToken, other), 401, 'refresh_token_invalid');
    expect((await refresh(kept.refreshToken, other)).status).to.equal(200);
    const login = (password: string) => call(app, 'POST', '/user/v1/login', { json: { login: 'cleo', password } });
    expectProblem(await login(cleo.password), 401, 'invalid_credentials');
    expect((await login(json.newPassword)).status).to.equal(200);
  });

  it('stay ended after a restart', async function () {
    this.timeout(60_000);
    const [one, all, kept] = [await logIn(app, ada), await logIn(app, ada), await logIn(app, ada)];
    await call(app, 'DELETE', `/user/v1/sessions/${one.sessionId}`, { token: kept.accessToken });
    const dora = await signUp(app, 'dora');
    await call(app, 'POST', '/user/v1/logout', { token: dora.accessToken, json: { scope: 'all' } });
    const fresh = await startApp({ beside: app });
    try {
      expect(await statusOf(one.accessToken, fresh)).to.equal(401);
      expect(await statusOf(dora.accessToken, fresh)).to.equal(401);
      expect(await statusOf(all.accessToken, fresh)).to.equal(200);
      expectProblem(await refresh(one.refreshToken, fresh), 401, 'refresh_token_invalid');
      expectProblem(await refresh(dora.refreshToken, fresh), 401, 'refresh_token_invalid');
    } finally {
      await fresh.stop();
    }
  });

  it('may be refreshed by ten calls at once: one family, no false alarm; a reuse beyond that ends it for good', async () => {
    const session = await logIn(app, ada);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => refresh(session.refreshToken, n % 2 ? app : other)),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 10 }, () => 200));
    const [first, second] = answers.map(({ body }) => body as unknown as { refreshToken: string; accessToken: string });
    expect((await refresh(first!.refreshToken)).status).to.equal(200);
    expect(await statusOf(second!.accessToken)).to.equal(200);
    // The successor was used: a caller who shows the first token now has got it from somewhere else.
    const socket = await live(other, second!.accessToken);
    expectProblem(await refresh(session.refreshToken, other), 401, 'refresh_token_reused');
    expect(await socket.closed).to.equal(4401);
    for (const token of [first!.refreshToken, second!.refreshToken])
      expect((await refresh(token)).status, 'the whole family is over').to.equal(401);
    await eventually(
      () => statusOf(second!.accessToken), // the end was found on the other node
      (status) => status === 401,
    );
  });
});
