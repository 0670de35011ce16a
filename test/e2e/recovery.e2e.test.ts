import { expect } from 'chai';
import { SMTPServer } from 'smtp-server';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { logIn, signUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';

/** The header says how long to wait. Its number depends on the clock, and is tested where the clock stands still. */
const WHOLE_SECONDS = /^[1-9]\d*$/;

describe('the recovery of a user', () => {
  let app: RunningApp;

  before(async function () {
    this.timeout(90_000);
    app = await startApp();
  });
  after(() => app.stop());

  const post = (path: string, json: object) => call(app, 'POST', `/user/v1/${path}`, { json });

  /** Answers the token of the next mail, not that of an earlier one. */
  const mailed = async (email: string, ask: () => Promise<unknown>, before: string) => {
    await ask();
    return eventually(
      () => app.mailedToken(email),
      (token) => token !== before,
    );
  };

  it('sets another password by a mailed link, once', async () => {
    const ada = await signUp(app, 'ada');
    const before = await app.mailedToken(ada.email);
    const token = await mailed(ada.email, () => post('password/forgot', { email: 'ADA@Example.org' }), before);
    const password = 'a password of today';
    expectProblem(await post('password/reset', { token, password: 'short' }), 400, 'invalid_request');
    expect((await post('password/reset', { token, password })).status).to.equal(204);
    expectProblem(await post('password/reset', { token, password }), 400, 'token_invalid');
    expectProblem(await call(app, 'GET', '/user/v1/me', { token: ada.accessToken }), 401, 'session_ended');
    expectProblem(await post('login', { login: 'ada', password: ada.password }), 401, 'invalid_credentials');
    await logIn(app, { ...ada, password });
  });

  it('takes the newest link alone, and no link of another kind', async () => {
    const bob = await signUp(app, 'bob');
    const verification = await app.mailedToken(bob.email);
    const first = await mailed(bob.email, () => post('password/forgot', { email: bob.email }), verification);
    const second = await mailed(bob.email, () => post('password/forgot', { email: bob.email }), first);
    const password = 'a password of today';
    for (const token of [verification, first, second.slice(0, -1), 'x'])
      expectProblem(await post('password/reset', { token, password }), 400, 'token_invalid');
    expectProblem(await post('verify-email', { token: second }), 400, 'token_invalid');
    expect((await post('password/reset', { token: second, password })).status).to.equal(204);
  });

  it('verifies the address of one who had not', async () => {
    const email = 'cleo@example.org';
    expect((await post('register', { username: 'cleo', email, password: 'a first password' })).status).to.equal(201);
    const before = await app.mailedToken(email);
    const token = await mailed(email, () => post('password/forgot', { email }), before);
    await post('password/reset', { token, password: 'a second password' });
    await logIn(app, { username: 'cleo', password: 'a second password' });
    expectProblem(await post('verify-email', { token: before }), 400, 'token_invalid');
  });

  it('answers the same for an address that nobody has, and mails nothing', async () => {
    for (const path of ['password/forgot', 'verify-email/resend']) {
      const [known, unknown] = [
        await post(path, { email: 'ada@example.org' }),
        await post(path, { email: 'no@example.org' }),
      ];
      expect([unknown.status, unknown.text]).to.deep.equal([known.status, known.text]).and.to.deep.equal([202, '']);
      const differing = [...unknown.headers.keys()].filter((name) => !known.headers.has(name));
      expect(differing).to.deep.equal([]);
      expect(known.headers.has('x-position')).to.equal(false);
    }
    expect(app.output()).not.to.include('no@example.org');
  });

  it('counts attempts for a user, and says when to come back', async function () {
    this.timeout(60_000);
    const strict = await startApp({ beside: app, env: { RATE_LIMIT_SCALE: '1' } });
    try {
      for (const path of ['password/forgot', 'verify-email/resend']) {
        const ask = (email: string) => call(strict, 'POST', `/user/v1/${path}`, { json: { email } });
        const statuses: number[] = [];
        for (let n = 0; n < 6; n += 1)
          statuses.push((await ask(n % 2 ? 'Many@Example.org' : 'many@example.org')).status);
        expect(statuses).to.deep.equal([202, 202, 202, 202, 202, 429]);
        expect((await ask('many@example.org')).headers.get('retry-after')).to.match(WHOLE_SECONDS);
        expect((await ask('other@example.org')).status).to.equal(202);
      }
    } finally {
      await strict.stop();
    }
  });

  it('mails by SMTP, as text and as HTML, each once, also after a restart', async function () {
    this.timeout(60_000);
    const mails: string[] = [];
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _, done) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        stream.on('end', () => {
          mails.push(text);
          done();
        });
      },
    });
    const listening = smtp.listen(0, '127.0.0.1');
    await new Promise((resolve) => listening.once('listening', resolve));
    const { port } = smtp.server.address() as { port: number };
    const env = { SMTP_URL: `smtp://127.0.0.1:${port}` };
    const mailsTo = async (email: string) => mails.filter((mail) => mail.includes(email));
    const first = await startApp({ env });
    const register = (target: RunningApp, username: string) => {
      const json = { username, email: `${username}@example.org`, password: 'a first password' };
      return call(target, 'POST', '/user/v1/register', { json });
    };
    try {
      const email = 'dora@example.org';
      await register(first, 'dora');
      await call(first, 'POST', '/user/v1/password/forgot', { json: { email } });
      const received = await eventually(
        () => mailsTo(email),
        (all) => all.length === 2,
      );
      for (const mail of received)
        expect(mail)
          .to.match(/Content-Type: text\/plain/)
          .and.to.match(/Content-Type: text\/html/);
      expect(received.filter((mail) => mail.includes('/password-reset?token='))).to.have.length(1);
      expect(received.filter((mail) => mail.includes('/verify-email?token='))).to.have.length(1);
      const second = await startApp({ beside: first, env });
      await register(second, 'eric');
      await eventually(
        () => mailsTo('eric@example.org'),
        (all) => all.length === 1,
      );
      expect(await mailsTo(email)).to.have.length(2);
      await second.stop();
    } finally {
      await first.stop();
      smtp.close();
    }
  });
});
