import { expect } from 'chai';
import { request } from 'node:http';
import { startApp, type RunningApp } from '../support/app.js';
import { signUp } from '../support/signed-up.js';
import { call, expectProblem } from '../support/call.js';

const PAGES = ['/docs', '/docs/errors', '/verify-email', '/password-reset', '/dev/mailbox'];

/** Answers the directives of a policy by name. */
const directivesOf = (policy: string | null): Record<string, string> =>
  Object.fromEntries(
    (policy ?? '').split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources.join(' ')];
    }),
  );

const EXACT = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'connect-src': "'self'",
  'form-action': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** Sends a request with any Host header, because fetch allows only its own. */
const statusFor = (app: RunningApp, path: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asking = request(app.url + path, { headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    asking.on('error', reject);
    asking.end();
  });

describe('the pages', () => {
  let plain: RunningApp;
  let secure: RunningApp;

  before(async function () {
    this.timeout(90_000);
    plain = await startApp({ env: { PUBLIC_URL: 'http://192.168.1.5:3000' } });
    secure = await startApp({ beside: plain, env: { PUBLIC_URL: 'https://chat.example.org' } });
    await signUp(plain, 'ada');
  });
  after(async () => {
    await secure.stop();
    await plain.stop();
  });

  // The default policy upgraded everything to https: on a plain address of a LAN the page of a mailed link did not
  // work.
  it('ask for https only where the outside sees the server so', async () => {
    for (const path of [...PAGES, '/user/v1/me', '/nothing/here']) {
      const { headers } = await fetch(plain.url + path);
      expect(directivesOf(headers.get('content-security-policy')), path).to.deep.equal(EXACT);
      expect(headers.has('strict-transport-security'), path).to.equal(false);
    }
    const { headers } = await fetch(`${secure.url}/verify-email`);
    expect(directivesOf(headers.get('content-security-policy'))).to.deep.equal({
      ...EXACT,
      'upgrade-insecure-requests': '',
    });
    expect(headers.get('strict-transport-security')).to.equal('max-age=31536000');
  });

  it('give no address away, and are shown in no frame', async () => {
    const { headers } = await fetch(`${plain.url}/password-reset?token=x`);
    expect(headers.get('referrer-policy')).to.equal('no-referrer');
    expect(headers.get('x-frame-options')).to.equal('DENY');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
  });

  it('hold nothing that their own policy refuses', async () => {
    for (const path of PAGES) {
      const text = await (await fetch(plain.url + path)).text();
      expect(text, path).to.not.match(/<style|\sstyle=|\son\w+=|javascript:|<base|<iframe|<object/i);
      const scripts = [...text.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
      expect(scripts, path).to.have.lengthOf([...text.matchAll(/<script/g)].length);
      for (const [, attributes, inside] of scripts) {
        expect(attributes).to.match(/^ src="\/docs\/[\w-]+\.js" defer$/);
        expect(inside).to.equal('');
      }
      const files = [...text.matchAll(/<(?:script src|link rel="stylesheet" href)="([^"]+)"/g)].map(
        ([, file]) => file ?? '',
      );
      expect(files, path).to.include('/docs/style.css');
      for (const file of files) expect((await fetch(new URL(file, plain.url))).status, file).to.equal(200);
    }
  });

  describe('the mailbox', () => {
    // With HOST=0.0.0.0 an attacker asked for a reset, read the mailbox, reset the password and logged in to another
    // user's account.
    it('is shown on this machine', async () => {
      const answer = await call(plain, 'GET', '/dev/mailbox');
      expect(answer.status).to.equal(200);
      expect(answer.text).to.include('ada@example.org');
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      const { port } = new URL(plain.url);
      expect(await statusFor(plain, '/dev/mailbox', { host: `localhost:${port}` })).to.equal(200);
    });

    it('is an unknown address to a page that had its own name lead here', async () => {
      for (const host of ['rebound.example.org', '192.168.1.5:3000', '127.0.0.1.example.org'])
        expect(await statusFor(plain, '/dev/mailbox', { host })).to.equal(404);
    });

    it('is an unknown address to everybody behind a proxy', async () => {
      const headers = ['X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'X-Real-IP', 'Via'];
      for (const name of headers) {
        const answer = await call(plain, 'GET', '/dev/mailbox', { headers: { [name]: '127.0.0.1' } });
        expectProblem(answer, 404, 'not_found');
        expect(answer.text).to.not.include('ada@');
      }
      const unknown = await call(plain, 'GET', '/dev/nothing', { headers: { Via: '1.1 proxy' } });
      expectProblem(unknown, 404, 'not_found');
    });
  });

  it('do not start in development where others can reach them, unless that is said', async () => {
    const refused = await startApp({ beside: plain, env: { HOST: '0.0.0.0' } }).catch((error: unknown) => error);
    expect(String(refused)).to.include('the app ended with 1').and.to.include('ALLOW_REMOTE_DEVELOPMENT=true');
  });
});
