import { createHash } from 'node:crypto';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { chatapp } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { rawDump } from '../support/raw-dump.js';
import { signUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';

const KEY = 'key-of-the-client-5b1c';
const CLAIMS = `select data, metadata from log.events where stream_id like 'username-%' or stream_id like 'email-%'`;

/** Answers the same bytes for the same value, however its fields are ordered. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/*
 * The fingerprint of a request with an idempotency key was the plain SHA-256 of its body, in the log for ever: with a
 * copy of the log alone, a password and the name of an erased user were found by trying candidates. The claim of a name
 * held the id of its holder in plain text: an address led to everything that an erased user had done.
 */
describe('what the log keeps of a registration', () => {
  let app: RunningApp;
  let pool: pg.Pool;
  let userId: string;
  let token: string;

  const body = {
    username: 'grace',
    email: 'grace@example.org',
    password: 'the candidate to be tried',
    displayName: 'Grace Hopper',
  };
  const register = (changes: Partial<typeof body> = {}) =>
    call(app, 'POST', '/user/v1/register', { json: { ...body, ...changes }, headers: { 'idempotency-key': KEY } });

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    const answer = await register();
    expect(answer.status, answer.text).to.equal(201);
    userId = answer.body['userId'] as string;
    await call(app, 'POST', '/user/v1/verify-email', { json: { token: await app.mailedToken(body.email) } });
    const json = { login: body.username, password: body.password };
    token = (await call(app, 'POST', '/user/v1/login', { json })).body['accessToken'] as string;
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  const claimBytes = async (): Promise<string> => {
    const { rows } = await pool.query<{ data: Buffer; metadata: Buffer }>(CLAIMS);
    expect(rows).to.not.be.empty;
    return rows.map(({ data, metadata }) => `${data.toString()} ${metadata.toString()}`).join('\n');
  };
  /** Answers what an operator reads who has the database and every secret. */
  const tail = async () => {
    const secrets = { DATABASE_URL: app.databaseUrl ?? '', JWT_SECRET: app.jwtSecret, MASTER_KEY: app.masterKey };
    const { code, out, err } = await chatapp(secrets, 'log', 'tail', '--limit', '1000', '--json', '--reason', 'A test');
    expect(code, err).to.equal(0);
    const { events } = JSON.parse(out) as { events: { type: string; data: Record<string, unknown> }[] };
    return (type: string) => events.filter((event) => event.type === type).map(({ data }) => data);
  };

  it('confirms no candidate for a password or a name to somebody who has the whole database', async () => {
    const all = await rawDump(pool);
    const requests = [body, { ...body, password: undefined }].flatMap((candidate) => [
      candidate,
      { params: {}, query: {}, body: candidate },
      { params: {}, body: candidate },
    ]);
    for (const candidate of requests.flatMap((request) => [request, [KEY, request]]))
      for (const encoding of ['base64url', 'base64', 'hex'] as const) {
        const hash = createHash('sha256').update(canonical(candidate)).digest(encoding);
        expect(all.includes(hash), canonical(candidate)).to.equal(false);
      }
    expect(all.includes(KEY), "the client's key").to.equal(false);
    const { rows } = await pool.query<{ data: Buffer }>(`select data from log.events where type = 'RequestAccepted'`);
    const [stored] = rows.map(({ data }) => JSON.parse(data.toString()) as object);
    expect(stored).to.have.all.keys('userId', 'answer', 'acceptedAt', 'personal');
  });

  it('names the holder of no name in plain, neither in the data nor in the metadata', async () =>
    expect(await claimBytes()).not.to.include(userId));

  it('answers the same request again, and takes one that differs in its password alone for the same', async () => {
    for (const changes of [{}, { password: 'another that will not be set' }])
      expect((await register(changes)).body['userId']).to.equal(userId);
    expectProblem(await register({ displayName: 'Someone else' }), 409, 'idempotency_conflict');
    const json = { login: body.username, password: 'another that will not be set' };
    expectProblem(await call(app, 'POST', '/user/v1/login', { json }), 401, 'invalid_credentials');
  });

  it('shows nothing after the erasure, even with every secret of the server', async function () {
    this.timeout(120_000);
    const [before] = (await tail())('RequestAccepted');
    expect(before?.['fingerprint']).to.match(/^[\w-]{43}$/);
    const keys = async () =>
      (await pool.query<{ reference: string | null }>('select reference from security.person_keys')).rows.filter(
        ({ reference }) => reference !== null,
      ).length;
    const kept = await keys();
    const json = { password: body.password };
    expect((await call(app, 'DELETE', '/user/v1/me', { token, json })).status).to.equal(202);
    // What the tool was used for is kept with a key that is nobody's.
    await eventually(keys, (left) => left === kept - 1);
    const read = await tail();
    expect(read('RequestAccepted')).to.deep.equal([{ ...before, fingerprint: 'erased' }]);
    for (const type of ['UsernameClaimed', 'EmailClaimed'])
      expect(read(type).map((data) => data['userId'])).to.deep.equal([null]);
    expect(await claimBytes()).not.to.include(userId);
    expectProblem(await register(), 409, 'idempotency_conflict');
  });

  it('frees the names', async () => expect((await signUp(app, body.username)).userId).not.to.equal(userId));
});
