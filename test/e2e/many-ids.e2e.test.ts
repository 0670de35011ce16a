import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { userNumber } from '../support/ids.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { call, expectProblem, type Answer } from '../support/call.js';

const POINTS_A_MINUTE = 1_200;
/** The request costs one point, and each ten of its 999 ids cost one. */
const POINTS_OF_ONE = 1 + 99;
const FLOOD = 300;
const CONNECTIONS = 10;
const HOSTILE = '203.0.113.9';
const FLOODING = '203.0.113.8';

/** A request that names a thousand users counted as much as one that names nobody: 300 of them delayed everybody. */
describe('requests that name many users', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async function () {
    this.timeout(120_000);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '1', TRUST_PROXY: '1' } });
    ada = await signUp(app, 'ada');
    bob = await signUp(app, 'bob');
  });
  after(() => app.stop());

  const unknown = Array.from({ length: 999 }, (_, n) => userNumber(1_000 + n));
  const startGroup = (memberIds: readonly string[], from: string): Promise<Answer> =>
    call(app, 'POST', '/conversation/v1', {
      token: bob.accessToken,
      json: { kind: 'group', title: 'Crowd', memberIds },
      headers: { 'x-forwarded-for': from },
    });

  it('count by how many they name, and say when to come back', async () => {
    for (let n = 0; n < POINTS_A_MINUTE / POINTS_OF_ONE; n += 1)
      expectProblem(await startGroup(unknown, HOSTILE), 404, 'unknown_member');
    const refused = await startGroup([ada.userId], HOSTILE);
    expectProblem(refused, 429, 'too_many_requests');
    expect(refused.headers.get('retry-after')).to.match(/^[1-9]\d?$/);
  });

  it('leave everybody else served, however many come', async () => {
    const codes = new Set<unknown>();
    const floodOnOneConnection = async (): Promise<void> => {
      for (let n = 0; n < FLOOD / CONNECTIONS; n += 1) codes.add((await startGroup(unknown, FLOODING)).body['code']);
    };
    const flood = Promise.all(Array.from({ length: CONNECTIONS }, floodOnOneConnection));
    const me = () =>
      call(app, 'GET', '/user/v1/me', { token: ada.accessToken, headers: { 'x-forwarded-for': '198.51.100.7' } });
    for (let n = 0; n < 20; n += 1) expect((await me()).body).to.include({ username: 'ada' });
    await flood;
    expect([...codes]).to.have.members(['unknown_member', 'too_many_requests']);
    expect((await startGroup([ada.userId], '203.0.113.10')).status).to.equal(201);
  });

  it('count likewise where they add members', async () => {
    const { body } = await startGroup([ada.userId], '203.0.113.11');
    const { conversationId } = body['conversation'] as { conversationId: string };
    const add = () =>
      call(app, 'POST', `/conversation/v1/${conversationId}/members`, {
        token: bob.accessToken,
        json: { userIds: unknown },
        headers: { 'x-forwarded-for': '203.0.113.12' },
      });
    for (let n = 0; n < POINTS_A_MINUTE / POINTS_OF_ONE; n += 1) expectProblem(await add(), 404, 'unknown_member');
    expectProblem(await add(), 429, 'too_many_requests');
  });
});
