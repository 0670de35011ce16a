import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, type Answer } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { exampleRequests, type ExampleRequest } from '../support/example-requests.js';
import { actingUser, type Actor, type Others } from '../support/example-scene.js';
import { filled, withRealValues } from '../support/filled-example.js';
import { faultOf } from '../support/json-schema.js';
import { asyncApi, framesOf, type AsyncApi } from '../support/published-frames.js';
import { openApi, type OpenApi } from '../support/published-routes.js';
import { send, signUp } from '../support/signed-up.js';
import { closeSockets, connect, type Frame, type Socket } from '../support/socket.js';
import { formOf } from '../support/upload.js';

const requests = exampleRequests(openApi);
const clientFrames = framesOf(asyncApi, 'client');
const serverFrames = framesOf(asyncApi, 'server');

/** The frames that answer others than with an acknowledgement. Those who typed or watch no more are told nothing. */
const ANSWERS: Readonly<Record<string, string>> = {
  auth: 'ready',
  ping: 'pong',
  typing: 'pong',
  'presence.watch': 'presence',
  'presence.unwatch': 'pong',
};

/** Answers what is not as published of an answer; undefined where all is. */
const wrongWith = ({ operation }: ExampleRequest, { status, body, text }: Answer): string | undefined => {
  const published = operation.responses[status];
  if (!published || status >= 400) return `${status} is not expected`;
  const json = published.content?.['application/json'];
  if (json) return faultOf(json.schema, body);
  return (published.content ?? text === '') ? undefined : 'there is a body';
};

const faultOfFrame = (frame: Frame): string | undefined => {
  const published = serverFrames.get(frame.type);
  return published ? faultOf(published.payload, frame) : `${frame.type} is not published`;
};

// A client that is made from the documents begins with their examples. One that is refused teaches what does not work.
describe('the published examples', () => {
  let app: RunningApp;
  let others: Others;
  let reader: Actor;

  before(async function () {
    this.timeout(120_000);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000' } });
    others = { friend: await signUp(app, 'friend'), admin: await signUp(app, 'root') };
    const { databaseUrl = '', jwtSecret, masterKey, dataDir } = app;
    const env = { DATABASE_URL: databaseUrl, JWT_SECRET: jwtSecret, MASTER_KEY: masterKey, DATA_DIR: dataDir };
    expect(await chatappHere(env, 'users', 'grant', 'root', 'admin')).to.include({ code: 0 });
    reader = await actingUser(app, others);
  });
  afterEach(closeSockets);
  after(() => app.stop());

  /** A call that changes something has a user of its own, whom it may erase. A link comes without a token. */
  const ask = async (request: ExampleRequest): Promise<Answer> => {
    const { user, values } = request.method === 'GET' ? reader : await actingUser(app, others);
    const { path, headers, body } = await filled(request, values);
    const content = request.isForm ? formOf({ content: (body as { file: string }).file }) : { json: body, headers: {} };
    return call(app, request.method, path, {
      ...content,
      headers: { ...headers, ...content.headers },
      ...(!request.parameters.some(({ name }) => name === 'link') && { token: user.accessToken }),
    });
  };

  it('are those of the running server', async () => {
    const published = (await call(app, 'GET', '/openapi.json')).body as unknown as OpenApi;
    expect(exampleRequests(published)).to.deep.equal(requests);
    const frames = (await call(app, 'GET', '/asyncapi.json')).body as unknown as AsyncApi;
    expect(framesOf(frames, 'client')).to.deep.equal(clientFrames);
  });

  for (const request of requests)
    it(`are accepted, and answered as published: ${request.name}`, async () => {
      const answer = await ask(request);
      expect(wrongWith(request, answer), answer.text).to.equal(undefined);
    });

  /** Sends the example of a frame on a socket of its own, and waits for its answer and for a message after that. */
  const put = async (type: string, payload: Readonly<Record<string, unknown>>): Promise<Socket> => {
    const { user, values } = await actingUser(app, others);
    const frame = await withRealValues(payload, { ...values, token: () => user.accessToken }, '');
    const socket = await connect(app, type === 'auth' ? undefined : user.accessToken);
    if (type !== 'auth') await socket.next('ready');
    socket.send(frame);
    const answer = ANSWERS[type] ?? 'ack';
    if (answer === 'pong') socket.send({ type: 'ping' });
    await socket.next(answer);
    const { messageId } = await send(app, user, { recipientId: others.friend.userId, text: 'the last' });
    const isLast = ({ message }: Frame) => (message as { messageId: string }).messageId === messageId;
    while (!isLast(await socket.next('message.sent')));
    return socket;
  };

  for (const { name: type, examples } of clientFrames.values())
    for (const { name, payload } of examples)
      it(`are accepted in a frame, and answered as published: ${type} ${name}`, async () => {
        const { frames } = await put(type, payload);
        expect(frames.filter((each) => each.type === 'error')).to.deep.equal([]);
        expect(frames.map(faultOfFrame).filter((fault) => fault !== undefined)).to.deep.equal([]);
      });
});
