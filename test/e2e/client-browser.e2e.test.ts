import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { Chat } from '../../src/interfaces/client/client.js';
import type { ClientStorage } from '../../src/interfaces/client/platform.js';
import { startApp, type RunningApp } from '../support/app.js';
import { describeInBrowser } from '../support/browser.js';
import { chatOf, closeChats, signedIn, until } from '../support/chat-scene.js';
import { eventually } from '../support/eventually.js';
import { openHttpProxy, type HttpProxy } from '../support/http-proxy.js';
import { askedOverHttp } from '../support/asked-over-http.js';
import { history, send, signUp, type SignedUp } from '../support/signed-up.js';

const MAX_LINES = 30;
const COUNT = 20;
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

/** Code of a page: it has the client as `chat`, and what the module exports as `library`. */
declare const chat: Chat;

const PAGE = (url: string) => `<!doctype html><title>A client</title><script type="module">
import * as library from '/node_modules/chatapp/dist/interfaces/client/client.js';
import { indexedDbStorage } from '/node_modules/chatapp/dist/interfaces/client/storage/indexed-db-storage.js';
window.chat = library.createChat({ url: '${url}', backOff: { firstMs: 20, longestMs: 200 } });
window.storage = indexedDbStorage(indexedDB, 'apart');
window.isReady = true;
</script>`;

/** Serves pages, and this package as where it is installed. */
const servePages = async (pages: () => Readonly<Record<string, string>>): Promise<Server> => {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://any').pathname;
    const page = pages()[path];
    const body =
      page === undefined ? readFile(join('.', path.replace('/node_modules/chatapp/', ''))) : Promise.resolve(page);
    body.then(
      (text) => response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/html' }).end(text),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
};

const pageOfDocument = async (url: string): Promise<string> => {
  const text = await readFile('docs/client.md', 'utf8');
  const page = /```html\n(.*?)```/s.exec(text)?.[1] ?? '';
  expect(page.trim().split('\n')).to.have.length.within(1, MAX_LINES);
  return page.replace('http://127.0.0.1:3000', url);
};

describeInBrowser('the client library in Chromium', (browser) => {
  let app: RunningApp;
  let proxy: HttpProxy;
  let server: Server;
  let origin: string;
  let ada: SignedUp;
  let bob: SignedUp;
  let directId: string;
  let context: BrowserContext;
  const pages: Record<string, string> = {};

  before(async function () {
    this.timeout(180_000);
    server = await servePages(() => pages);
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app = await startApp({ env: { CORS_ORIGIN: origin } });
    proxy = await openHttpProxy(app.url);
    pages['/'] = PAGE(proxy.url);
    pages['/chat.html'] = await pageOfDocument(app.url);
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    ({ conversationId: directId } = await send(app, ada, { recipientId: bob.userId, text: 'first' }));
  });
  beforeEach(async () => {
    context = await browser().newContext();
  });
  afterEach(async () => {
    closeChats();
    await context.close();
  });
  after(async () => {
    await proxy.close();
    await app.stop();
    server.close();
  });

  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(origin);
    await page.waitForFunction('window.isReady');
    return page;
  };

  const signIn = async (page: Page, { username, password }: SignedUp): Promise<void> => {
    await page.evaluate((credentials) => chat.signIn(credentials), { login: username, password });
    await page.waitForFunction('chat.isCurrent');
  };

  /** Opens a page of a user who has signed in on another. */
  const restored = async (): Promise<Page> => {
    const page = await open();
    expect(await page.evaluate(() => chat.restore())).to.equal(true);
    await page.waitForFunction('chat.isCurrent');
    return page;
  };

  /** Gives the page messages to send, and resolves once they are kept. */
  const say = (page: Page, texts: readonly string[]): Promise<void> =>
    page.evaluate(
      async ([conversationId, given]) => {
        for (const text of given) await chat.send({ conversationId, text });
      },
      [directId, texts] as const,
    );

  const textsOnServer = async (): Promise<string[]> => (await history(app, bob, directId, '0')).map(({ text }) => text);

  it('sends and shows every message once, whatever the network does, and after a reload', async function () {
    this.timeout(180_000);
    const page = await open();
    await signIn(page, ada);
    const other = await signedIn(chatOf(proxy.url), bob);
    const cutTexts = Array.from({ length: COUNT }, (_, n) => `through cuts ${n}`);
    const backTexts = Array.from({ length: COUNT }, (_, n) => `back ${n}`);
    const talk = async () => {
      await Promise.all([
        say(page, cutTexts),
        (async () => {
          for (const text of backTexts) await other.settled(await other.send({ conversationId: directId, text }));
        })(),
      ]);
      await page.evaluate(() => chat.flushed());
    };
    expect(await proxy.cutWhile(talk())).to.be.greaterThan(2);
    await proxy.refuse();
    const keptTexts = ['kept over a reload', 'and another'];
    await say(page, keptTexts);
    await page.reload();
    await page.waitForFunction('window.isReady');
    expect(await page.evaluate(() => chat.restore())).to.equal(true);
    expect(await page.evaluate(() => chat.outgoing().map(({ text }) => text))).to.deep.equal(keptTexts);
    await proxy.admit();
    await page.waitForFunction('chat.isCurrent && chat.unsent.length === 0 && chat.outgoing().length === 0');
    await page.evaluate(async (id) => {
      while (await chat.loadEarlier(id, 200));
    }, directId);
    const found = await textsOnServer();
    for (const texts of [[...cutTexts, ...keptTexts], backTexts])
      expect(found.filter((text) => texts.includes(text))).to.deep.equal(texts);
    const shown = () => page.evaluate((id) => chat.messages(id).map(({ text }) => text), directId);
    expect(await eventually(shown, ({ length }) => length === found.length)).to.deep.equal(found);
    await until(() => other.isCurrent && other.messages(directId).at(-1)?.text === 'and another');
    while (await other.loadEarlier(directId, 200));
    expect(other.messages(directId).map(({ text }) => text)).to.deep.equal(found);
    const fresh = await askedOverHttp(app, ada, '0').snapshot();
    expect(await page.evaluate(() => chat.inbox)).to.deep.equal(fresh);
  });

  it('keeps values in IndexedDB, in the order of their keys', async () => {
    const page = await open();
    const kept = await page.evaluate(async () => {
      const { storage } = globalThis as unknown as { storage: ClientStorage };
      for (const key of ['b/2', 'a/10', 'a/2', 'a', 'ab/1']) await storage.put(key, { key });
      await storage.put('a/2', 'replaced');
      await storage.remove('a/10');
      await storage.remove('never');
      return [await storage.list('a/'), await storage.get('b/2'), (await storage.get('never')) ?? 'nothing'];
    });
    expect(kept).to.deep.equal([[['a/2', 'replaced']], { key: 'b/2' }, 'nothing']);
  });

  it('keeps values again after somebody has cleared what the site has kept', async () => {
    const page = await open();
    const kept = await page.evaluate(async () => {
      const { storage } = globalThis as unknown as { storage: ClientStorage };
      await storage.put('a', 'before');
      await new Promise((resolve) => {
        const { indexedDB } = globalThis as unknown as {
          indexedDB: { deleteDatabase(name: string): { onsuccess: unknown; onblocked: unknown } };
        };
        const request = indexedDB.deleteDatabase('apart');
        request.onsuccess = request.onblocked = resolve;
      });
      await storage.put('b', 'after');
      return storage.list('');
    });
    expect(kept).to.deep.equal([['b', 'after']]);
  });

  it('goes on where listeners throw, and shows what they have thrown', async () => {
    const page = await open();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await signIn(page, ada);
    await page.evaluate(() => {
      const heard: unknown[] = [];
      Object.assign(globalThis, { heard });
      chat.onMessage(() => {
        throw new Error('of a message');
      });
      chat.onMessage(({ text }) => heard.push(text));
      chat.subscribe('inbox', () => {
        throw new Error('of the inbox');
      });
      chat.subscribe('inbox', () => heard.push('inbox'));
    });
    await send(app, bob, { conversationId: directId, text: 'for all who listen' });
    await page.waitForFunction('heard.includes("for all who listen") && heard.includes("inbox")');
    expect(await page.evaluate(() => chat.inbox[0]?.lastMessage?.text)).to.equal('for all who listen');
    expect(new Set(errors)).to.deep.equal(new Set(['of a message', 'of the inbox']));
  });

  it('exchanges its token once for all tabs, and sends what a closed tab has left with the next page', async () => {
    const one = await open();
    await signIn(one, ada);
    const other = await restored();
    let exchanges = 0;
    const refused = new Set<string | undefined>();
    context.on('request', (request) => {
      if (request.url().endsWith('/user/v1/refresh-token') && request.method() === 'POST') exchanges += 1;
    });
    await context.route('**/user/v1/me', async (route) => {
      const { authorization } = route.request().headers();
      if (refused.size > 0 && !refused.has(authorization)) await route.continue();
      else {
        refused.add(authorization);
        const headers = { 'access-control-allow-origin': origin };
        await route.fulfill({ status: 401, headers, json: { code: 'unauthenticated', detail: 'expired' } });
      }
    });
    const ask = (page: Page) => page.evaluate(() => chat.call<{ username: string }>('GET', '/user/v1/me'));
    const answers = await Promise.all([ask(one), ask(other)]);
    expect(answers.map(({ username }) => username)).to.deep.equal(['ada', 'ada']);
    expect([refused.size, exchanges]).to.deep.equal([1, 1]);
    await proxy.refuse();
    await say(one, ['left by a closed browser']);
    await Promise.all([one.close(), other.close()]);
    await proxy.admit();
    await restored();
    await eventually(textsOnServer, (texts) => texts.at(-1) === 'left by a closed browser');
  });

  it('takes over in an open tab what another leaves that is closed, whichever of them was opened first', async () => {
    const first = await open();
    await signIn(first, ada);
    const second = await restored();
    const third = await restored();
    await proxy.refuse();
    const waiting = (page: Page) => page.evaluate(() => chat.outgoing().map(({ text }) => text));
    await say(second, ['left by the second', 'in its order']);
    await second.close();
    const heirs = async () => [await waiting(first), await waiting(third)];
    const [ofFirst] = await eventually(heirs, (texts) => texts.flat().length === 2);
    const [heir, last] = ofFirst?.length === 2 ? [first, third] : [third, first];
    await say(heir, ['left by its heir']);
    await heir.close();
    const texts = ['left by the second', 'in its order', 'left by its heir'];
    expect(
      await eventually(
        () => waiting(last),
        ({ length }) => length === 3,
      ),
    ).to.deep.equal(texts);
    await proxy.admit();
    await last.waitForFunction('chat.unsent.length === 0');
    expect((await textsOnServer()).slice(-3)).to.deep.equal(texts);
  });

  it('is a chat in 30 lines in a page, which works as printed', async () => {
    const page = await context.newPage();
    const other = await signedIn(chatOf(app.url), bob);
    await page.goto(`${origin}/chat.html`);
    await page.fill('[name=login]', 'ada');
    await page.fill('[name=password]', ada.password);
    await page.click('#sign-in button');
    await page.waitForSelector('li');
    await page.fill('[name=text]', 'hello from a page');
    await page.press('[name=text]', 'Enter');
    await until(() => other.messages(directId).at(-1)?.text === 'hello from a page');
    await other.send({ conversationId: directId, text: 'hello page' });
    await page.waitForSelector('li:has-text("hello page")');
  });
});
