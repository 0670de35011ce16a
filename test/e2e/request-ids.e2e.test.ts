import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { openSocket } from '../support/live-socket.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';
import { untilSaid } from '../support/until-said.js';

const LONG_MS = 90_000;
const MADE_HERE = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;
const METADATA_AT = `select convert_from(metadata, 'utf8') as metadata from log.events where position = $1`;

type Line = Readonly<Record<string, unknown>>;

describe('The id of a request', function () {
  this.timeout(LONG_MS);
  let app: RunningApp;
  let pool: pg.Pool;
  let ada: SignedUp;
  let bob: SignedUp;

  before(async () => {
    app = await startApp({ env: { LOG_LEVEL: 'debug' } });
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
  });
  afterEach(closeSockets);
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(app.url + path, { headers: { authorization: `Bearer ${ada.accessToken}`, ...headers } });
  const idOf = (answer: Response) => answer.headers.get('x-request-id') ?? '';

  /** Answers the lines of the log about a request, as far as they have come. */
  const linesOf = (requestId: string): Line[] =>
    app
      .output()
      .split('\n')
      .slice(0, -1) // the last one may not be whole
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => line['requestId'] === requestId);
  /** Answers them once the last one is there: it may come behind the answer, which takes another way. */
  const logged = (requestId: string): Promise<Line[]> =>
    eventually(
      async () => linesOf(requestId),
      (lines) => lines.at(-1)?.['msg'] === 'request',
    );

  const correlationIdAt = async (position: unknown): Promise<string> => {
    const { rows } = await pool.query<{ metadata: string }>(METADATA_AT, [position]);
    return (JSON.parse(rows[0]?.metadata ?? '{}') as { correlationId: string }).correlationId;
  };

  /** Runs the work while nobody can read what members have read: what should is an unexpected error. */
  const broken = async (work: () => Promise<void>) => {
    await pool.query('alter table messages.conversations rename to hidden');
    try {
      await work();
    } finally {
      await pool.query('alter table messages.hidden rename to conversations');
    }
  };

  it('stands in each answer, whatever it answers, and is another one each time', async () => {
    const paths = ['/healthz', '/readyz', '/metrics', '/docs', '/nowhere', '/user/v1/me', '/message/v1/history'];
    const ids = await Promise.all(paths.map(async (path) => idOf(await get(path))));
    for (const id of ids) expect(id).to.match(MADE_HERE);
    expect(new Set(ids).size).to.equal(paths.length);
  });

  it('is what the client gives, where that can be written anywhere', async () => {
    for (const given of ['7', 'a.B-c_9', 'x'.repeat(64)])
      expect(idOf(await get('/user/v1/me', { 'x-request-id': given }))).to.equal(given);
    for (const given of ['x'.repeat(65), 'two words', 'semi;colon', '"quoted"', '{}', 'Ã©'])
      expect(idOf(await get('/user/v1/me', { 'x-request-id': given }))).to.match(MADE_HERE);
  });

  it('stands in the body of a problem', async () => {
    const answer = await get('/message/v1/history');
    expect(answer.status).to.equal(400);
    expect(await answer.json()).to.include({ requestId: idOf(answer) });
  });

  it('is in the log line of its request, and of its failure', async () => {
    await get('/user/v1/me', { 'x-request-id': 'well-1' });
    const [line, ...more] = await logged('well-1');
    expect(line).to.include({ msg: 'request', status: 200, route: '/user/v1/me' });
    expect(more).to.deep.equal([]);
    await broken(async () => {
      const answer = await get('/conversation/v1', { 'x-request-id': 'ill-1' });
      expect(answer.status).to.equal(500);
    });
    expect((await logged('ill-1')).map(({ msg }) => msg)).to.deep.equal(['request failed', 'request']);
  });

  it('is the correlation id of the events that the request has appended', async () => {
    const answer = await call(app, 'POST', '/message/v1/send', {
      token: ada.accessToken,
      json: { recipientId: bob.userId, text: 'found again' },
      headers: { 'x-request-id': 'sending-1' },
    });
    expect(await correlationIdAt(answer.body['position'])).to.equal('sending-1');
  });

  it('is made for each frame, and is the correlation id of its events', async () => {
    const { conversationId, messageId } = await send(app, bob, { recipientId: ada.userId, text: 'for a frame' });
    const socket = await openSocket(app, ada);
    socket.send({ type: 'send', id: 'one', conversationId, text: 'by a frame' });
    socket.send({ type: 'react', id: 'two', messageId, emoji: '👍' });
    const answers = [await socket.answerTo('one'), await socket.answerTo('two')];
    const ids = await Promise.all(answers.map(({ position }) => correlationIdAt(position)));
    for (const id of ids) expect(id).to.match(MADE_HERE);
    expect(new Set(ids).size).to.equal(2);
  });

  it('is in the log line of a frame that failed', async () => {
    const { messageId } = await send(app, bob, { recipientId: ada.userId, text: 'to be edited' });
    const socket = await openSocket(app, bob);
    await pool.query('alter table log.events rename to hidden');
    socket.send({ type: 'edit', id: 'fails', messageId, text: 'edited' });
    const answer = await socket.answerTo('fails');
    await pool.query('alter table log.hidden rename to events');
    expect(answer).to.include({ type: 'error' });
    const line = /"requestId":"[\da-f-]{36}","type":"edit","code":"\w+","msg":"frame failed"/;
    await untilSaid(app, line);
  });
});
