import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem, type Answer } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { logIn, signUp, type SignedUp } from '../support/signed-up.js';

const ORIGIN = 'https://chat.example.org';
const OTHER = 'https://web.example.org';
const EVIL = 'https://evil.example';
const ATTRIBUTES = 'Path=/user/v1/; HttpOnly; SameSite=Strict; Secure';
const WEEK = 604_800;

describe('Log-in by cookie', () => {
  let app: RunningApp;
  let plain: RunningApp;
  let ada: SignedUp;

  before(async function () {
    this.timeout(90_000);
    const env = { PUBLIC_URL: ORIGIN, CORS_ORIGIN: `${OTHER}, http://localhost:5173`, LOG_LEVEL: 'trace' };
    app = await startApp({ env });
    plain = await startApp({ beside: app, env: { PUBLIC_URL: 'http://chat.example.org', CORS_ORIGIN: '*' } });
    ada = await signUp(app, 'ada');
  });
  after(async () => {
    await plain.stop();
    await app.stop();
  });

  const post = (path: string, json: object | undefined, headers: Readonly<Record<string, string>> = {}, target = app) =>
    call(target, 'POST', `/user/v1/${path}`, { ...(json && { json }), headers });
  const cookieOf = ({ headers }: Answer): string => headers.getSetCookie().join('\n');
  const tokenOf = (answer: Answer): string => /^chatapp_refresh=([\w-]+);/.exec(cookieOf(answer))?.[1] ?? '';
  const expectCleared = (answer: Answer) =>
    expect(cookieOf(answer)).to.equal(`chatapp_refresh=; Max-Age=0; ${ATTRIBUTES}`);
  /** The headers of a page with the cookie. */
  const by = (token: string, origin = ORIGIN) => ({ cookie: `other=1; chatapp_refresh=${token}`, origin });
  const logInByCookie = async (headers: Readonly<Record<string, string>> = { origin: ORIGIN }, target = app) => {
    const answer = await post('login', { login: 'ada', password: ada.password, cookie: true }, headers, target);
    expect(answer.status, answer.text).to.equal(200);
    return { answer, token: tokenOf(answer), accessToken: answer.body['accessToken'] as string };
  };
  const refresh = (token: string, origin?: string) => post('refresh-token', undefined, by(token, origin));
  const statusOf = async (token: string) => (await call(app, 'GET', '/user/v1/me', { token })).status;

  it('answers the refresh token in a cookie that no script can read, and nowhere else', async () => {
    const { answer, token } = await logInByCookie();
    expect(cookieOf(answer)).to.equal(`chatapp_refresh=${token}; Max-Age=${WEEK}; ${ATTRIBUTES}`);
    expect(answer.body).to.not.have.property('refreshToken');
    expect(answer.text).to.not.include(token);
    expect(answer.body).to.include({ tokenType: 'Bearer', refreshExpiresIn: WEEK });
    expect(answer.headers.get('cache-control')).to.equal('no-store');
  });

  it('is asked for: without, there is no cookie', async () => {
    for (const more of [{}, { cookie: false }]) {
      const answer = await post('login', { login: 'ada', password: ada.password, ...more }, { origin: ORIGIN });
      expect([cookieOf(answer), typeof answer.body['refreshToken']]).to.deep.equal(['', 'string']);
    }
    for (const cookie of [1, 'true', null])
      expectProblem(await post('login', { login: 'ada', password: ada.password, cookie }), 400, 'invalid_request');
  });

  it('is secure only where browsers reach the server by https', async () => {
    const { answer } = await logInByCookie({ origin: 'http://chat.example.org' }, plain);
    expect(cookieOf(answer)).to.match(/; Path=\/user\/v1\/; HttpOnly; SameSite=Strict$/);
  });

  it('is refreshed by the cookie, which is spent for another', async () => {
    const { token } = await logInByCookie();
    const answer = await refresh(token);
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.body).to.not.have.property('refreshToken');
    expect(tokenOf(answer))
      .to.match(/^[\w-]{64}$/)
      .and.to.not.equal(token);
    expect(await statusOf(answer.body['accessToken'] as string)).to.equal(200);
    expect((await refresh(tokenOf(answer))).status).to.equal(200);
  });

  it('is taken from no page but those of the server and of named clients', async () => {
    const { token } = await logInByCookie();
    for (const origin of [EVIL, 'null', 'http://chat.example.org', `${ORIGIN}.evil.example`]) {
      expectProblem(await refresh(token, origin), 403, 'origin_not_allowed');
      expectProblem(await post('logout', undefined, by(token, origin)), 403, 'origin_not_allowed');
      const login = { login: 'ada', password: ada.password, cookie: true };
      expectProblem(await post('login', login, { origin }), 403, 'origin_not_allowed');
    }
    const { cookie } = by(token);
    expectProblem(await post('refresh-token', {}, { cookie }), 403, 'origin_not_allowed');
    expectProblem(await post('logout', {}, { cookie }), 403, 'origin_not_allowed');
    const answer = await refresh(token, OTHER);
    expect([answer.status, answer.headers.get('access-control-allow-credentials')]).to.deep.equal([200, 'true']);
    expect(answer.headers.get('access-control-allow-origin')).to.equal(OTHER);
  });

  it('lets named pages alone have requests sent with the cookie', async () => {
    const asked = (origin: string, target = app) =>
      call(target, 'OPTIONS', '/user/v1/refresh-token', {
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    const allowed = ({ headers }: Answer) =>
      ['origin', 'credentials'].map((name) => headers.get(`access-control-allow-${name}`));
    expect(allowed(await asked(OTHER))).to.deep.equal([OTHER, 'true']);
    expect(allowed(await asked(EVIL))).to.deep.equal([null, null]);
    expect(allowed(await asked(EVIL, plain))).to.deep.equal(['*', null]);
  });

  it('gives the token of the body before that of the cookie, and answers it in the body', async () => {
    const [kept, given] = [await logInByCookie(), await logIn(app, ada)];
    const headers = by(kept.token);
    const answer = await post('refresh-token', { refreshToken: given.refreshToken }, headers);
    expect([answer.body['sessionId'], cookieOf(answer)]).to.deep.equal([given.sessionId, '']);
    const moved = await post('refresh-token', { refreshToken: answer.body['refreshToken'], cookie: true }, headers);
    expect([moved.body['sessionId'], moved.body['refreshToken']]).to.deep.equal([given.sessionId, undefined]);
    expect(tokenOf(moved)).to.have.lengthOf(64);
    expect((await refresh(kept.token)).status).to.equal(200);
  });

  it('survives two tabs that refresh at once: the cookie of either goes on', async () => {
    const { token } = await logInByCookie();
    const [one, other] = await Promise.all([refresh(token), refresh(token)]);
    expect([one.status, other.status]).to.deep.equal([200, 200]);
    expect(tokenOf(one)).to.not.equal(tokenOf(other));
    for (const { body } of [one, other]) expect(await statusOf(body['accessToken'] as string)).to.equal(200);
    expect((await refresh(tokenOf(other))).status).to.equal(200);
  });

  it('ends with a token that was spent before, and the cookie goes', async () => {
    const { token } = await logInByCookie();
    const next = await refresh(token);
    const last = await refresh(tokenOf(next));
    const reused = await refresh(token);
    expectProblem(reused, 401, 'refresh_token_reused');
    expectCleared(reused);
    expect(await statusOf(last.body['accessToken'] as string)).to.equal(401);
    const invalid = await refresh(tokenOf(last));
    expectProblem(invalid, 401, 'refresh_token_invalid');
    expectCleared(invalid);
  });

  it('lets a cookie go that no server made, and refuses to refresh nothing', async () => {
    for (const token of ['x', 'A'.repeat(64), '{"$ne":1}'.replaceAll('"', ''), 'x'.repeat(4_000)]) {
      const answer = await refresh(token);
      expectProblem(answer, 401, 'refresh_token_invalid');
      expectCleared(answer);
    }
    for (const json of [undefined, {}]) {
      const answer = await post('refresh-token', json, { origin: ORIGIN });
      expectProblem(answer, 401, 'refresh_token_invalid');
      expect(cookieOf(answer)).to.equal('');
    }
  });

  it('ends by an access token, and the cookie goes', async () => {
    const { token, accessToken } = await logInByCookie();
    const answer = await post('logout', {}, { ...by(token), authorization: `Bearer ${accessToken}` });
    expect(answer.status).to.equal(204);
    expectCleared(answer);
    expect(await statusOf(accessToken)).to.equal(401);
    expectProblem(await refresh(token), 401, 'refresh_token_invalid');
  });

  it('ends by the cookie alone, on every node, also with an access token that is not valid any more', async () => {
    for (const more of [{}, { authorization: 'Bearer expired.long.ago' }]) {
      const { token, accessToken } = await logInByCookie();
      const answer = await post('logout', undefined, { ...by(token), ...more });
      expect(answer.status, answer.text).to.equal(204);
      expectCleared(answer);
      expect(await statusOf(accessToken)).to.equal(401);
      const there = () => call(plain, 'GET', '/user/v1/me', { token: accessToken });
      await eventually(there, ({ status }) => status === 401);
      const again = await post('logout', undefined, { ...by(token), ...more });
      expectProblem(again, 401, 'refresh_token_invalid');
      expectCleared(again);
    }
  });

  it('ends all sessions by the cookie, where that is asked for', async () => {
    const [one, other] = [await logInByCookie(), await logIn(app, ada)];
    const answer = await post('logout', { scope: 'all' }, by(one.token));
    expect(answer.status, answer.text).to.equal(204);
    expect([await statusOf(one.accessToken), await statusOf(other.accessToken)]).to.deep.equal([401, 401]);
  });

  it('opens nothing but refresh and log-out', async () => {
    const { token } = await logInByCookie();
    expectProblem(await call(app, 'GET', '/user/v1/me', { headers: by(token) }), 401, 'unauthenticated');
    expectProblem(await post('logout', {}), 401, 'unauthenticated');
  });

  it('is in no log', () => expect(app.output()).not.to.include('chatapp_refresh'));
});
