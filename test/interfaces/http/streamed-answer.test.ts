import { expect } from 'chai';
import { once } from 'node:events';
import { get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa, { type Middleware } from 'koa';
import type { RequestState } from '../../../src/interfaces/http/http-context.js';
import { mount, type MountParts } from '../../../src/interfaces/http/mount.js';
import { publicRoute } from '../../../src/interfaces/http/route.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { eventually } from '../../support/eventually.js';
import { at } from '../../support/ids.js';

const PIECE = Buffer.alloc(64 * 1_024, 'x');
const PIECES = 2_000;
const ANSWER_WITHIN_MS = 500;
/** What the sockets of both ends, and the streams between, may hold of it. */
const MOST_AHEAD = 400;

describe('An answer that is sent piece by piece', () => {
  let server: Server;
  let impatient: Server;
  let made = 0;
  let isLeft = false;
  let wasLeft = 0;

  /** Something that has to be told when nobody reads it. */
  const unread = (): AsyncIterableIterator<Uint8Array> => ({
    next: async () => ({ done: true, value: undefined }),
    return: async () => {
      wasLeft += 1;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  });

  async function* pieces() {
    try {
      for (made = 0; made < PIECES; made += 1) yield PIECE;
    } finally {
      isLeft = made < PIECES;
    }
  }

  before(async () => {
    const answers = { 200: null };
    const common = { tag: 'Test', summary: '', answers, refusals: [] };
    const routes = [
      publicRoute('get', '/long', {
        ...common,
        handle: async () => ({ download: { headers: { 'Content-Type': 'application/x-ndjson' }, content: pieces() } }),
      }),
      publicRoute('get', '/late', {
        ...common,
        handle: async () => {
          await new Promise((resolve) => setTimeout(resolve, 3 * ANSWER_WITHIN_MS));
          return { download: { headers: {}, content: unread() } };
        },
      }),
      publicRoute('get', '/short', { ...common, handle: async () => ({ body: { made } }) }),
    ];
    const parts = { identifiers: createIdentifiers(), clock: () => at(0), answerWithinMs: ANSWER_WITHIN_MS };
    const cookieRules = { origins: { sharesCookieWith: () => false }, isSecure: false };
    const serve = async (more: Partial<MountParts> = {}) => {
      const router = mount(routes, { ...parts, cookieRules, ...more } as unknown as MountParts);
      const app = new Koa<RequestState>();
      app.silent = true;
      app.use(router.routes() as Middleware);
      const listening = app.listen(0, '127.0.0.1');
      await once(listening, 'listening');
      return listening;
    };
    [server, impatient] = [await serve(), await serve({ stalledMs: 300 })];
  });
  after(() => {
    server.close();
    impatient.close();
  });

  const address = (path: string, of = server) => `http://127.0.0.1:${(of.address() as AddressInfo).port}${path}`;
  const open = async (of = server): Promise<IncomingMessage> => {
    const [response] = (await once(get(address('/long', of)), 'response')) as [IncomingMessage];
    response.on('error', () => undefined); // it may be cut off
    return response;
  };
  /** Waits until nothing more is made. */
  const stands = async (): Promise<number> => {
    let before = -1;
    return eventually(
      async () => {
        const isStill = before === made;
        before = made;
        // The server has a turn, and others are answered.
        await (await fetch(address('/short'))).json();
        return isStill;
      },
      (isStill) => isStill && made > 0,
    ).then(() => made);
  };

  // The stream of an auditor was recorded as begun, and never as ended, where the database took too long to begin it.
  it('is left where it begins too late to be sent', async () => {
    expect((await fetch(address('/late'))).status).to.equal(500);
    await eventually(
      async () => wasLeft,
      (count) => count === 1,
    );
  });

  it('is made as fast as its reader reads, while others are answered', async () => {
    const response = await open();
    response.pause();
    expect(await stands()).to.be.below(MOST_AHEAD);
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;
    expect(bytes).to.equal(PIECES * PIECE.length);
  });

  // Whoever opened many and read none of them kept what was made for each, for as long as they liked.
  it('is made no more once its reader has taken nothing for long', async () => {
    isLeft = false;
    const response = await open(impatient);
    response.pause();
    await eventually(
      async () => isLeft,
      (hasEnded) => hasEnded,
    );
    expect(made).to.be.below(MOST_AHEAD);
    response.destroy();
  });

  it('is made no more once its reader has left', async () => {
    isLeft = false;
    const response = await open();
    response.destroy();
    await eventually(
      async () => isLeft,
      (hasEnded) => hasEnded,
    );
    expect(made).to.be.below(MOST_AHEAD);
  });
});
