import { readFile } from 'node:fs/promises';
import Router from '@koa/router';
import type { Middleware } from 'koa';
import { statuses } from '../http/problem.js';
import { detailOf, type ProblemCode } from '../refusals.js';
import { docsPage } from './docs-page.js';
import { html, page } from './html.js';
import { isFromSameMachine } from './same-machine.js';

/** Answers mails that were kept instead of sent. */
export type Mailbox = (
  limit: number,
) => Promise<readonly { readonly to: string; readonly subject: string; readonly text: string }[]>;

export interface PagesParts {
  /** Makes the document of the calls. */
  readonly openApi: () => object;
  /** Makes the document of the frames. */
  readonly asyncApi: () => object;
  readonly mailbox: Mailbox | undefined;
}

const ASSETS = new URL('./assets/', import.meta.url);
const MAILS_SHOWN = 50;

const asset =
  (name: string, type: string): Middleware =>
  async (ctx) => {
    ctx.type = type;
    ctx.body = await readFile(new URL(name, ASSETS));
  };

const verifyPage = page(
  'Verify your address',
  html`<h1>Verify your e-mail address</h1>
    <p><button type="button">Verify my address</button></p>
    <p><output></output></p>
    <script src="/docs/verify-email.js" defer></script>`,
);

const resetPage = page(
  'Set a new password',
  html`<h1>Set a new password</h1>
    <form>
      <p>
        <label
          >New password
          <input type="password" name="password" minlength="10" maxlength="128" autocomplete="new-password" required />
        </label>
      </p>
      <p><button>Set the password</button></p>
    </form>
    <p><output></output></p>
    <script src="/docs/password-reset.js" defer></script>`,
);

const errorsPage = (): string => {
  const rows = (Object.keys(statuses) as ProblemCode[]).map(
    (code) =>
      html`<tr id="${code}">
        <td><code>${code}</code></td>
        <td>${statuses[code]}</td>
        <td>${detailOf(code)}</td>
      </tr>`,
  );
  return page(
    'Errors',
    html`<h1>Error codes</h1>
      <table>
        <tr>
          <th>code</th>
          <th>status</th>
          <th>meaning</th>
        </tr>
        ${rows}
      </table>`,
  );
};

const mailboxPage = (mails: Awaited<ReturnType<Mailbox>>): string => {
  const shown = mails.map(({ to, subject, text }) => {
    const link = /https?:\/\/\S+/.exec(text)?.[0] ?? '';
    return html`<details open>
      <summary>${subject}, to ${to}</summary>
      <pre>${text}</pre>
      <p><a href="${link}">${link}</a></p>
    </details>`;
  });
  return page(
    'Mailbox',
    html`<h1>Mailbox</h1>
      <p>No SMTP_URL is set: mails are kept here, newest first.</p>
      ${shown}`,
  );
};

/** Makes a value when it is first asked for: to make the documents would take a tenth of the server's start. */
const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
};

/** Sends a text that is made once. All answers share its bytes: those that nobody reads would keep a copy each. */
const sameBytes = (type: 'html' | 'json', make: () => string): Middleware => {
  const bytes = once(() => Buffer.from(make()));
  return (ctx) => {
    ctx.type = type;
    ctx.body = bytes();
  };
};

/** Serves the pages for a browser, and the two documents of the contract. */
export const webPages = ({ mailbox, ...documents }: PagesParts): Middleware => {
  const router = new Router();
  const answer =
    (body: () => string): Middleware =>
    (ctx) => {
      ctx.body = body();
    };
  const [openApi, asyncApi] = [once(documents.openApi), once(documents.asyncApi)];
  router.get(
    '/openapi.json',
    sameBytes('json', () => JSON.stringify(openApi())),
  );
  router.get(
    '/asyncapi.json',
    sameBytes('json', () => JSON.stringify(asyncApi())),
  );
  router.get(
    '/docs',
    sameBytes('html', () => docsPage(openApi(), asyncApi())),
  );
  router.get('/docs/errors', sameBytes('html', errorsPage));
  router.get('/docs/style.css', asset('style.css', 'text/css'));
  router.get('/docs/api.js', asset('api.js', 'text/javascript'));
  router.get('/docs/icon.svg', asset('icon.svg', 'image/svg+xml'));
  router.get('/docs/verify-email.js', asset('verify-email.js', 'text/javascript'));
  router.get('/docs/password-reset.js', asset('password-reset.js', 'text/javascript'));
  router.get(
    '/verify-email',
    answer(() => verifyPage),
  );
  router.get(
    '/password-reset',
    answer(() => resetPage),
  );
  if (mailbox)
    router.get('/dev/mailbox', async (ctx, next) => {
      // The links on this page open accounts: everybody who is not on this machine gets the answer of an unknown address.
      if (!isFromSameMachine(ctx.req)) {
        await next();
        return;
      }
      ctx.body = mailboxPage(await mailbox(MAILS_SHOWN));
      ctx.set('Cache-Control', 'no-store');
    });
  return router.routes() as unknown as Middleware;
};
