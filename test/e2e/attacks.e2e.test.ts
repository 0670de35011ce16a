import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { logIn, signUp, type SignedUp } from '../support/signed-up.js';
import { call, expectProblem, type Answer } from '../support/call.js';

const PER_ACCOUNT = 10;
const PER_ADDRESS = 100;
/** The header says how long to wait. Its number depends on the clock, and is tested where the clock stands still. */
const WHOLE_SECONDS = /^[1-9]\d*$/;

describe('attacks on accounts', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let database: pg.Pool;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
    database = new pg.Pool({ connectionString: app.databaseUrl });
    ada = await signUp(app, 'ada');
  });
  after(async () => {
    await database.end();
    await app.stop();
  });

  const post = (path: string, json: object, target = app, headers: Record<string, string> = {}) =>
    call(target, 'POST', `/user/v1/${path}`, { json, headers });

  describe('the stuffing of credentials', () => {
    let strict: RunningApp;
    let proxied: RunningApp;

    before(async function () {
      this.timeout(90_000);
      await signUp(app, 'bob');
      strict = await startApp({ beside: app, env: { RATE_LIMIT_SCALE: '1' } });
      proxied = await startApp({ beside: app, env: { RATE_LIMIT_SCALE: '1', TRUST_PROXY: '1' } });
    });
    after(async () => {
      await strict.stop();
      await proxied.stop();
    });

    const guess = (login: string, target: RunningApp, forwarded?: string): Promise<Answer> =>
      post('login', { login, password: 'guessed, and wrong' }, target, {
        ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }),
      });

    // Too many tries of a username gave 429 for the address of its user too, but for no other address: the answer told
    // whose address it was.
    it('is limited for each name, in whatever spelling, for those of nobody alike, and leaves others alone', async () => {
      const names = [
        [ada.username, 'ADA', 'ＡＤＡ'],
        [ada.email, 'Ada@Example.ORG'],
        ['nobody', 'NOBODY'],
        ['nobody@example.org', 'Nobody@Example.ORG'],
      ];
      for (const spellings of names) {
        for (let n = 0; n < PER_ACCOUNT; n += 1)
          expectProblem(await guess(spellings[n % spellings.length] ?? '', strict), 401, 'invalid_credentials');
        for (const name of spellings) {
          const refused = await guess(name, strict);
          expectProblem(refused, 429, 'too_many_attempts');
          expect(refused.headers.get('retry-after')).to.match(WHOLE_SECONDS);
        }
      }
      expectProblem(await post('login', { login: 'ada', password: ada.password }, strict), 429, 'too_many_attempts');
      await logIn(strict, { username: 'bob', password: ada.password });
    });

    // Ten wrong passwords from anywhere locked the owner of a name out, wherever they were.
    it('keeps nobody out who is elsewhere', async function () {
      this.timeout(60_000);
      for (const network of ['203.0.113.50', '2001:db8:5::1']) {
        await Promise.all(Array.from({ length: PER_ACCOUNT }, () => guess('ada', proxied, network)));
        expectProblem(await guess('ada', proxied, network), 429, 'too_many_attempts');
      }
      expectProblem(await guess('ada', proxied, '2001:db8:5::ffff'), 429, 'too_many_attempts');
      const owner = { 'x-forwarded-for': '198.51.100.50' };
      const entered = await post('login', { login: 'ada', password: ada.password }, proxied, owner);
      expect(entered.status, entered.text).to.equal(200);
    });

    it('is limited for an address, which nobody may choose for themselves', async () => {
      const answers: number[] = [];
      for (let n = 0; n < PER_ADDRESS; n += 1)
        answers.push((await guess(`nobody${n}`, strict, `203.0.113.${n}`)).status);
      expect(answers).to.include(429);
      expectProblem(await guess('somebody-else', strict, '198.51.100.7'), 429, 'too_many_attempts');
    });

    it('is limited for the address that a trusted proxy names, and for no other', async () => {
      for (let n = 0; n < PER_ADDRESS; n += 1)
        expectProblem(await guess(`nobody${n}`, proxied, '10.0.0.1, 203.0.113.9'), 401, 'invalid_credentials');
      expectProblem(await guess('nobody', proxied, '198.51.100.7, 203.0.113.9'), 429, 'too_many_attempts');
      expectProblem(await guess('nobody', proxied, '203.0.113.9, 203.0.113.10'), 401, 'invalid_credentials');
    });
  });

  describe('floods', () => {
    let proxied: RunningApp;

    before(async function () {
      this.timeout(90_000);
      proxied = await startApp({ beside: app, env: { RATE_LIMIT_SCALE: '1', TRUST_PROXY: '1' } });
    });
    after(() => proxied.stop());

    /** Answers how many requests were accepted before the first that was refused for being too many. */
    const taken = async (path: string, json: (n: number) => object, address: string): Promise<number> => {
      for (let n = 0; ; n += 1) {
        const answer = await post(path, json(n), proxied, { 'x-forwarded-for': address });
        if (answer.status !== 429) continue;
        expect(answer.headers.get('retry-after')).to.match(WHOLE_SECONDS);
        return n;
      }
    };

    it('of registrations, verifications and resets end for the address they come from', async () => {
      const registration = (n: number) => ({ username: 'ada', email: `flood${n}@example.org`, password: ada.password });
      expect(await taken('register', registration, '192.0.2.1')).to.equal(50);
      const token = 'x'.repeat(86);
      expect(await taken('verify-email', () => ({ token }), '192.0.2.2')).to.equal(100);
      expect(await taken('password/reset', () => ({ token, password: ada.password }), '192.0.2.3')).to.equal(100);
      const other = await post('verify-email', { token }, proxied, { 'x-forwarded-for': '192.0.2.4' });
      expectProblem(other, 400, 'token_invalid');
    });

    it('of mails to one address end, and keep nobody from asking who is elsewhere', async function () {
      this.timeout(60_000);
      const ask = (email: string, network: number) =>
        post('password/forgot', { email }, proxied, { 'x-forwarded-for': `198.51.100.${network}` });
      const askAlways = async (email: string): Promise<void> => {
        for (const network of [1, 2]) {
          const statuses: number[] = [];
          for (let n = 0; n < 6; n += 1) statuses.push((await ask(email, network)).status);
          expect(statuses, email).to.deep.equal([202, 202, 202, 202, 202, 429]);
        }
        const beyond = await Promise.all(Array.from({ length: 5 }, () => ask(email, 3)));
        expect(beyond.map(({ status }) => status)).to.deep.equal([202, 202, 202, 202, 202]);
      };
      await Promise.all([ada.email, 'nobody@example.org'].map(askAlways));
      const { rows } = await database.query<{ asked: string }>(
        `select count(*) as asked from log.events where type = 'PasswordResetRequested'`,
      );
      expect(rows).to.deep.equal([{ asked: '10' }]);
    });
  });

  describe('names that look like others', () => {
    const register = (
      username: string,
      email = `${Math.random().toString(36).slice(2)}@example.org`,
      more: object = {},
    ) => post('register', { username, email, password: 'a good password', ...more });

    it('are taken in whatever case, and no other script is let in', async () => {
      for (const name of ['ADA', 'Ada', 'aDa']) expectProblem(await register(name), 409, 'username_taken');
      for (const name of ['аda', 'ＡＤＡ', 'adа', 'ada\u200b', 'ada\u0301', 'a\u212ad', 'ada ', ' ada', 'ada\n'])
        expectProblem(await register(name), 400, 'invalid_request');
    });

    it('are taken of addresses too, whatever their case', async () => {
      for (const email of ['ADA@example.org', 'ada@EXAMPLE.ORG'])
        expectProblem(await register('someone', email), 409, 'email_taken');
    });

    it('carry no second line into a mail, nor a second recipient', async () => {
      for (const email of [
        'eve@example.org\r\nBcc: all@example.org',
        '"eve\r\nBcc: all"@example.org',
        'eve@example.org, all@example.org',
        'Eve <eve@example.org>',
        'eve@example.org\u0000',
        'eve@exam\u2028ple.org',
      ])
        expectProblem(await register('eve', email), 400, 'invalid_request');
      for (const displayName of ['Eve\r\nBcc: all@example.org', 'Eve\u0000', 'Eve\u202e'])
        expectProblem(await register('eve', 'eve@example.org', { displayName }), 400, 'invalid_request');
    });
  });

  describe('passwords', () => {
    const long = (last: string) => `${'密'.repeat(127)}${last}`;

    it('of 128 characters are told apart by the last, far behind byte 72', async () => {
      const json = { username: 'long', email: 'long@example.org', password: long('a') };
      expect((await post('register', json)).status).to.equal(201);
      await post('verify-email', { token: await app.mailedToken(json.email) });
      const logInWith = (password: string) => post('login', { login: 'long', password });
      expectProblem(await logInWith(long('b')), 401, 'invalid_credentials');
      expectProblem(await logInWith('密'.repeat(127)), 401, 'invalid_credentials');
      expect((await logInWith(long('a'))).status).to.equal(200);
      expectProblem(
        await post('register', { ...json, username: 'x1x', password: `${long('a')}a` }),
        400,
        'invalid_request',
      );
    });
  });

  it('set no field that is not theirs to set', async () => {
    const json = { username: 'mass', email: 'mass@example.org', password: 'a good password' };
    for (const more of [{ roles: ['admin'] }, { emailVerified: true }, { userId: ada.userId }, { __proto__x: 1 }])
      expectProblem(await post('register', { ...json, ...more }), 400, 'invalid_request');
    const raw = `{"username":"mass","email":"mass@example.org","password":"a good password","__proto__":{"roles":["admin"]}}`;
    expectProblem(await call(app, 'POST', '/user/v1/register', { raw }), 400, 'invalid_request');
    const settings = await call(app, 'PATCH', '/user/v1/me/settings', {
      token: ada.accessToken,
      json: { userId: ada.userId },
    });
    expectProblem(settings, 400, 'invalid_request');
    const profile = await call(app, 'GET', '/user/v1/me', { token: ada.accessToken });
    expect(profile.body).to.deep.include({ roles: [], username: 'ada' });
  });

  it('replay no link that was followed', async () => {
    const json = { username: 'once', email: 'once@example.org', password: 'a good password' };
    await post('register', json);
    const token = await app.mailedToken(json.email);
    expect((await post('verify-email', { token })).status).to.equal(204);
    expectProblem(await post('verify-email', { token }), 400, 'token_invalid');
  });

  it('bring no role along: what counts is the log', async () => {
    const { accessToken } = await logIn(app, ada);
    const path = `/user/v1/users/${ada.userId}/roles/admin`;
    expectProblem(await call(app, 'PUT', path, { token: accessToken }), 403, 'forbidden');
    expectProblem(await call(app, 'DELETE', `/user/v1/users/${ada.userId}`, { token: accessToken }), 403, 'forbidden');
  });
});
