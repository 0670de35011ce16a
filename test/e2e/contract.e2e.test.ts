import { randomUUID } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { PROJECTIONS } from '../../src/application/projections/registry.js';
import { startApp, type RunningApp } from '../support/app.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';
import { exampleRequests } from '../support/example-requests.js';
import { filled } from '../support/filled-example.js';
import { openApi, routes, type Parameter } from '../support/published-routes.js';

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: readonly object[] }>>>>;
}

/** Says whether a request needs a parameter: of a query what is required, and all headers. */
const isNeeded = ({ in: place, required }: Parameter): boolean => required || place === 'header';

const METRICS = [
  'chatapp_append_seconds',
  'chatapp_append_group_size',
  'chatapp_projection_lag_events',
  'chatapp_message_stage_seconds',
  'chatapp_sockets',
  'chatapp_frames_sent_total',
  'chatapp_http_request_seconds',
];

describe('the contract', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  after(() => app.stop());

  const text = async (path: string): Promise<string> => (await call(app, 'GET', path)).text;

  it('is published as valid OpenAPI, of which every endpoint is there and refuses what it must', async () => {
    const document = JSON.parse(await text('/openapi.json')) as OpenApi & Record<string, unknown>;
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(valid, JSON.stringify(errors)).to.equal(true);
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, { security }] of Object.entries(operations)) {
        const answer = await call(app, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, randomUUID()));
        const isPublic = security?.every((each) => Object.keys(each).every((name) => name !== 'bearer'));
        // A refresh without a body is one by the cookie, which is not there.
        const [status, code] = path.endsWith('/refresh-token')
          ? ([401, 'refresh_token_invalid'] as const)
          : isPublic
            ? ([400, 'invalid_request'] as const)
            : ([401, 'unauthenticated'] as const);
        expectProblem(answer, status, code);
      }
  });

  it('is published as AsyncAPI, and as pages to read', async () => {
    const { asyncapi, channels } = JSON.parse(await text('/asyncapi.json')) as { asyncapi: string; channels: object };
    expect(asyncapi).to.equal('3.0.0');
    expect(JSON.stringify(channels))
      .to.include('server.message.sent')
      .and.to.include('client.send')
      .and.to.include('server.presence');
    expect(await text('/docs'))
      .to.include('/message/v1/send')
      .and.to.include('conversation_not_found');
    expect(await text('/docs/errors')).to.include('idempotency_conflict');
    expect(await text('/verify-email?token=x')).to.include('<button');
    expect(await text('/password-reset?token=x'))
      .to.include('<form')
      .and.to.include('/docs/password-reset.js');
    expect(await text('/docs/password-reset.js')).to.include('/user/v1/password/reset');
    expect(await text('/dev/mailbox')).to.include('ada@example.org');
  });

  it('knows no other address, and says which methods an address takes', async () => {
    expectProblem(await call(app, 'GET', '/nothing/here'), 404, 'not_found');
    const answer = await call(app, 'PUT', '/user/v1/me');
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).to.equal('GET, PATCH, DELETE');
  });

  // It was refused as a message whose id is `send`, with 400.
  it('takes a path of its own for no id of a neighbouring one', async () => {
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const answer = await call(app, method, '/message/v1/send', { token: ada.accessToken });
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.get('allow')).to.equal('POST');
    }
    expectProblem(
      await call(app, 'DELETE', '/message/v1/history', { token: ada.accessToken }),
      405,
      'method_not_allowed',
    );
  });

  it('lets one read what one has just written, and refuses a position that the log does not have', async function () {
    this.timeout(10_000);
    for (let n = 0; n < 10; n += 1) {
      const { conversationId, messageId, position } = await send(app, ada, {
        recipientId: bob.userId,
        text: `now ${n}`,
      });
      const path = `/message/v1/history?conversationId=${conversationId}&limit=1`;
      const answer = await call(app, 'GET', path, { token: bob.accessToken, headers: { 'X-Min-Position': position } });
      expect((answer.body['messages'] as { messageId: string }[])[0]?.messageId).to.equal(messageId);
    }
    const headers = { 'X-Min-Position': '999999999', Authorization: `Bearer ${bob.accessToken}` };
    const refused = await fetch(`${app.url}/conversation/v1`, { headers });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).to.deep.equal([
      400,
      'position_unknown',
    ]);
  });

  it('refuses a position beyond the log at once, in every query that takes one', async () => {
    const waiting = exampleRequests(openApi).filter(
      ({ parameters }) =>
        parameters.some(({ name }) => name === 'X-Min-Position') && parameters.every((each) => isNeeded(each)),
    );
    const asked = routes.flatMap(({ projections = [] }) => projections);
    const queried = PROJECTIONS.filter(({ isQueried }) => isQueried).map(({ name }) => name);
    expect(new Set<string>(asked)).to.deep.equal(new Set(queried));
    expect(waiting).to.have.length(routes.filter(({ projections }) => projections).length);
    const values = { since: () => '0', 'X-Min-Position': () => '999999999' };
    for (const request of waiting) {
      const { path, headers } = await filled(request, values);
      const answer = await call(app, request.method, path, { token: ada.accessToken, headers });
      expectProblem(answer, 400, 'position_unknown');
    }
  });

  it('answers a repeated request with the same idempotency key as the first time', async () => {
    const start = (title: string) =>
      call(app, 'POST', '/conversation/v1', {
        token: ada.accessToken,
        json: { kind: 'group', title, memberIds: [bob.userId] },
        headers: { 'Idempotency-Key': 'one-group' },
      });
    const answers = await Promise.all([start('G'), start('G'), start('G')]);
    const ids = answers.map(({ body }) => (body['conversation'] as { conversationId: string }).conversationId);
    expect(new Set(ids).size).to.equal(1);
    expectProblem(await start('H'), 409, 'idempotency_conflict');
  });

  it('repeats the answer to a message that is sent again, and refuses another under its id', async () => {
    const messageId = randomUUID();
    const post = (body: string) =>
      call(app, 'POST', '/message/v1/send', {
        token: ada.accessToken,
        json: { messageId, recipient: 'bob', text: body },
      });
    const [first, second] = [await post('once'), await post('once')];
    expect([first.status, second.status]).to.deep.equal([201, 200]);
    expect(second.body).to.deep.equal(first.body);
    expectProblem(await post('twice'), 409, 'idempotency_conflict');
  });

  it('says that it lives, that it is ready, and how it does', async () => {
    expect((await call(app, 'GET', '/healthz')).status).to.equal(200);
    expect((await call(app, 'GET', '/readyz')).status).to.equal(200);
    const metrics = await text('/metrics');
    for (const name of METRICS) expect(metrics).to.include(`# TYPE ${name}`);
    expect(metrics).to.match(/chatapp_append_group_size_count [1-9]/);
  });
});
