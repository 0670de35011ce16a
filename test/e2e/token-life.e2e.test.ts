import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { logIn, signUp, type SignedUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';
import { closeSockets, connect } from '../support/socket.js';

// ACCESS_TOKEN_TTL was lowered from 24 hours: a server remembers ended sessions for as long as tokens live, so that it
// forgot the earlier ones, and their tokens, which had been issued for 24 hours, worked again.
describe('a shorter life of access tokens', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let shorter: RunningApp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: { ACCESS_TOKEN_TTL: '24h' } });
    ada = await signUp(app, 'ada');
  });
  after(async () => {
    closeSockets();
    await shorter.stop();
    await app.stop();
  });

  it('revives no token of an ended session, and ends older ones, on sockets too', async function () {
    this.timeout(90_000);
    const ended = await logIn(app, ada);
    expect((await call(app, 'POST', '/user/v1/logout', { token: ended.accessToken })).status).to.equal(204);
    shorter = await startApp({ beside: app, env: { ACCESS_TOKEN_TTL: '1s', HEARTBEAT_INTERVAL: '1s' } });
    const answer = () => call(shorter, 'GET', '/user/v1/me', { token: ended.accessToken });
    await eventually(answer, ({ body }) => body['code'] !== 'session_ended'); // no session is remembered this long
    expectProblem(await answer(), 401, 'unauthenticated');
    expectProblem(await call(shorter, 'GET', '/user/v1/me', { token: ada.accessToken }), 401, 'unauthenticated');
    expect(await (await connect(shorter, ada.accessToken)).closed).to.equal(4401);
    expect((await call(app, 'GET', '/user/v1/me', { token: ada.accessToken })).status).to.equal(200);
  });
});
