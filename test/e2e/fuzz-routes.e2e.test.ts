import { expect } from 'chai';
import fc from 'fast-check';
import type { Route } from '../../src/interfaces/http/route.js';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem, type Answer } from '../support/call.js';
import { allowedRequests, forbiddenRequests, type DrawnRequest } from '../support/drawn-requests.js';
import { draws } from '../support/draws.js';
import { operationOf, routes } from '../support/published-routes.js';
import { logIn, signUp, type SignedUp } from '../support/signed-up.js';

const REQUESTS = draws(15);

/** `FUZZ_SEED` repeats a run. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;

/** The routes that can be asked wrongly. */
const refusing = routes.flatMap((route) => {
  const forbidden = forbiddenRequests(route);
  return forbidden ? [{ route, forbidden }] : [];
});

// A client that was made from the published document was refused for `limit=9374`, an empty `locale` and two recipients.
describe(`requests that are drawn from the published document (FUZZ_SEED=${seed})`, () => {
  let app: RunningApp;
  let ada: SignedUp;
  let token: string;

  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000' } });
    ada = await signUp(app, 'ada');
    token = ada.accessToken;
  });
  after(() => app.stop());

  const once = ({ method }: Route, { path, headers, json }: DrawnRequest): Promise<Answer> =>
    call(app, method.toUpperCase(), path, { token, headers, json });

  /** Sends a request, and logs in again where an earlier one has ended the session. */
  const send = async (route: Route, request: DrawnRequest): Promise<Answer> => {
    const answer = await once(route, request);
    if (answer.body['code'] !== 'session_ended') return answer;
    token = (await logIn(app, ada)).accessToken;
    return once(route, request);
  };

  for (const route of routes)
    it(`are answered as it says, where it allows them: ${nameOf(route)}`, async () => {
      for (const request of fc.sample(allowedRequests(route), { numRuns: REQUESTS, seed })) {
        const { status, body, text } = await send(route, request);
        const what = `${JSON.stringify(request)}: ${text}`;
        expect(body['code'], what).not.to.equal('invalid_request');
        expect(Object.keys(operationOf(route).responses), what).to.include(String(status));
      }
    });

  for (const { route, forbidden } of refusing)
    it(`are refused where it forbids them: ${nameOf(route)}`, async () => {
      for (const request of fc.sample(forbidden, { numRuns: REQUESTS, seed }))
        expectProblem(await send(route, request), 400, 'invalid_request');
    });

  it('have left a server that serves, and has nothing to reproach itself with', async () => {
    expect((await call(app, 'GET', '/readyz')).status).to.equal(200);
    const complaints = app.output().split('\n');
    expect(complaints.filter((line) => /"level":(50|60)/.test(line))).to.deep.equal([]);
  });
});
