import { expect } from 'chai';
import { Http } from '../../../src/interfaces/client/session/http.js';
import { Session } from '../../../src/interfaces/client/session/session.js';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import type { ClientStorage, Tabs } from '../../../src/interfaces/client/platform.js';
import type { Tokens } from '../../../src/interfaces/client/wire.js';
import { connectedTabs } from '../../support/connected-tabs.js';
import { manualPlatform, settle } from '../../support/manual-platform.js';

const USER = { userId: 'me', username: 'ada', displayName: 'Ada' };
const HOUR = 3_600;

const tokens = (n: number, user = USER): Tokens => ({
  tokenType: 'Bearer',
  accessToken: `access-${n}`,
  expiresIn: HOUR,
  refreshToken: `refresh-${n}`,
  refreshExpiresIn: 7 * 24 * HOUR,
  sessionId: 'session',
  user,
});

interface Asked {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: string | undefined;
  readonly credentials: string | undefined;
}

type Answer = object | 'unreachable' | ((asked: Asked) => object);

/** A server that answers each path with what the test says, and notes what it was asked. */
const server = (answers: Readonly<Record<string, Answer>>) => {
  const asked: Asked[] = [];
  const answer = (given: Asked): Response => {
    const found = answers[given.path] ?? {};
    if (found === 'unreachable') throw new TypeError('fetch failed');
    const body = (typeof found === 'function' ? found(given) : found) as { status?: number };
    return new Response(JSON.stringify(body), { status: body.status ?? 200 });
  };
  const fetch = (async (url: string, init: RequestInit) => {
    await Promise.resolve();
    const headers = init.headers as Record<string, string>;
    const given = {
      path: new URL(url).pathname,
      body: JSON.parse((init.body as string | undefined) ?? '{}') as Asked['body'],
      token: headers['Authorization']?.replace('Bearer ', ''),
      credentials: (init as { credentials?: string }).credentials,
    };
    asked.push(given);
    return answer(given);
  }) as typeof globalThis.fetch;
  return { fetch, asked, to: (path: string) => asked.filter((each) => each.path === path) };
};

const REFRESH = '/user/v1/refresh-token';
const refreshing = () => {
  let n = 1;
  return { [REFRESH]: () => tokens((n += 1)) };
};

interface Given {
  readonly fetch: typeof globalThis.fetch;
  readonly storage?: ClientStorage;
  readonly tabs?: Tabs;
  readonly cookie?: boolean;
}

const open = ({ fetch, storage = memoryStorage(), tabs, cookie = false }: Given) => {
  const manual = manualPlatform({ fetch, storage, ...(tabs && { tabs }) });
  const changes: (string | undefined)[] = [];
  const session = new Session({
    platform: manual.platform,
    http: new Http(manual.platform, () => 'http://there'),
    name: 'there',
    cookie,
    onChange: (current) => changes.push(current?.accessToken),
  });
  return { ...manual, session, changes, storage };
};

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );

describe('the session of a client', () => {
  it('signs in, and is there again after a reload', async () => {
    const { fetch, to } = server({ '/user/v1/login': tokens(1) });
    const { session, storage } = open({ fetch });
    await session.signIn({ login: 'ada', password: 'secret', device: 'test' });
    expect(to('/user/v1/login')[0]?.body).to.deep.equal({ login: 'ada', password: 'secret', device: 'test' });
    const after = open({ fetch, storage });
    expect((await after.session.restore())?.user).to.deep.equal(USER);
    expect(await after.session.accessToken()).to.equal('access-1');
  });

  it('exchanges the token before it expires, by the clock of this device alone', async () => {
    const { fetch, to } = server(refreshing());
    const { session, pass, changes } = open({ fetch });
    await session.adopt(tokens(1));
    await pass((HOUR * 1_000 * 4) / 5 - 1);
    expect(to(REFRESH)).to.deep.equal([]);
    await pass(1);
    expect(to(REFRESH).map(({ body }) => body)).to.deep.equal([{ refreshToken: 'refresh-1' }]);
    expect(changes).to.deep.equal(['access-1', 'access-2']);
  });

  it('exchanges it once for all who ask at the same time', async () => {
    const { fetch, to } = server(refreshing());
    const { session } = open({ fetch });
    await session.adopt(tokens(1));
    const got = await Promise.all(Array.from({ length: 20 }, () => session.accessToken('access-1')));
    expect([new Set(got), to(REFRESH).length]).to.deep.equal([new Set(['access-2']), 1]);
  });

  it('exchanges it once for all tabs', async () => {
    const { fetch, to } = server(refreshing());
    const storage = memoryStorage();
    const tabs = connectedTabs();
    const all = Array.from({ length: 3 }, () => open({ fetch, storage, tabs: tabs() }));
    await all[0]!.session.adopt(tokens(1));
    for (const { session } of all.slice(1)) await session.restore();
    const got = await Promise.all(all.map(({ session }) => session.accessToken('access-1')));
    expect([got, to(REFRESH).length]).to.deep.equal([['access-2', 'access-2', 'access-2'], 1]);
  });

  it('is over in every tab when it is ended in one', async () => {
    const { fetch, to } = server({});
    const storage = memoryStorage();
    const tabs = connectedTabs();
    const [one, other] = [open({ fetch, storage, tabs: tabs() }), open({ fetch, storage, tabs: tabs() })];
    await one.session.adopt(tokens(1));
    await other.session.restore();
    await one.session.signOut();
    await settle();
    expect([one.session.current, other.session.current]).to.deep.equal([undefined, undefined]);
    expect(to('/user/v1/logout').map(({ token, body }) => [token, body])).to.deep.equal([
      ['access-1', { scope: 'session' }],
    ]);
    expect([await storage.list(''), other.waiting()]).to.deep.equal([[], 0]);
  });

  it('calls once more with another token where the server does not take this one, as after its clock was set', async () => {
    const { fetch, to } = server({
      ...refreshing(),
      '/x': ({ token }) => (token === 'access-1' ? { status: 401, code: 'unauthenticated' } : { ok: true }),
    });
    const { session } = open({ fetch });
    await session.adopt(tokens(1));
    expect(await session.call('GET', '/x')).to.deep.equal({ ok: true });
    expect(to('/x').map(({ token }) => token)).to.deep.equal(['access-1', 'access-2']);
  });

  it('leaves the refresh token to a cookie where it is told to', async () => {
    const { refreshToken: _, ...answer } = tokens(1);
    const { fetch, asked } = server({ '/user/v1/login': answer, [REFRESH]: answer });
    const { session, storage } = open({ fetch, cookie: true });
    await session.signIn({ login: 'ada', password: 'secret' });
    await session.accessToken('access-1');
    expect(asked.map(({ body, credentials }) => [body, credentials])).to.deep.equal([
      [{ login: 'ada', password: 'secret', cookie: true }, 'include'],
      [{ cookie: true }, 'include'],
    ]);
    expect(JSON.stringify(await storage.list(''))).not.to.include('refresh-');
  });

  it('is over when its refresh token is refused, and says so', async () => {
    const { fetch } = server({ [REFRESH]: { status: 401, code: 'refresh_token_reused' } });
    const { session, changes, storage, waiting } = open({ fetch });
    await session.adopt(tokens(1));
    expect(await codeOf(session.accessToken('access-1'))).to.equal('signed_out');
    expect(changes).to.deep.equal(['access-1', undefined]);
    expect([await storage.list(''), waiting()]).to.deep.equal([[], 0]);
    expect(await codeOf(session.accessToken())).to.equal('signed_out');
  });

  it('is not over when the server cannot be reached', async () => {
    const { fetch } = server({ [REFRESH]: 'unreachable' });
    const { session, changes } = open({ fetch });
    await session.adopt(tokens(1));
    expect(await codeOf(session.accessToken('access-1'))).to.equal('unreachable');
    expect(changes).to.deep.equal(['access-1']);
    expect(await session.accessToken()).to.equal('access-1');
  });

  it('does not act for another user who signs in in another tab', async () => {
    const { fetch, to } = server(refreshing());
    const storage = memoryStorage();
    const [one, other] = [open({ fetch, storage }), open({ fetch, storage })];
    await one.session.adopt(tokens(1));
    await other.session.adopt({ ...tokens(9, { ...USER, userId: 'eve' }), sessionId: 'of eve' });
    expect(await codeOf(one.session.accessToken('access-1'))).to.equal('signed_out');
    expect(to(REFRESH)).to.deep.equal([]);
    await one.session.signOut();
    expect((await open({ fetch, storage }).session.restore())?.accessToken).to.equal('access-9');
  });

  /** A server whose exchange is answered when the test says. */
  const slowRefresh = (answer: object) => {
    let release = (): void => undefined;
    const waited = new Promise<void>((resolve) => (release = resolve));
    const there = server({ [REFRESH]: answer });
    const fetch = (async (url: string, init: RequestInit) => {
      const answered = await there.fetch(url, init);
      if (url.endsWith(REFRESH)) await waited;
      return answered;
    }) as typeof globalThis.fetch;
    return { ...there, fetch, release };
  };

  it('stays over where its token was being exchanged while somebody signed out', async () => {
    const { fetch, release } = slowRefresh(tokens(2));
    const { session, storage, waiting } = open({ fetch });
    await session.adopt(tokens(1));
    const exchanged = codeOf(session.accessToken('access-1'));
    await settle();
    await session.signOut();
    release();
    expect(await exchanged).to.equal('signed_out');
    expect([session.current, await storage.list(''), waiting()]).to.deep.equal([undefined, [], 0]);
  });

  for (const [what, answer] of [
    ['answered', tokens(2)],
    ['refused', { status: 401, code: 'refresh_token_reused' }],
  ] as const)
    it(`leaves another user signed in who came while a token was exchanged that is ${what}`, async () => {
      const { fetch, release } = slowRefresh(answer);
      const { session, storage } = open({ fetch });
      await session.adopt(tokens(1));
      const exchanged = codeOf(session.accessToken('access-1'));
      await settle();
      await session.adopt({ ...tokens(9, { ...USER, userId: 'eve' }), sessionId: 'of eve' });
      release();
      expect(await exchanged).to.equal('signed_out');
      expect([session.current?.accessToken, (await storage.list('')).length]).to.deep.equal(['access-9', 1]);
      expect((await open({ fetch, storage }).session.restore())?.accessToken).to.equal('access-9');
    });

  it('does nothing in the name of another user who has signed in meanwhile', async () => {
    const { fetch, to } = server({ '/x': { status: 401, code: 'session_ended' } });
    const { session } = open({ fetch });
    await session.adopt(tokens(1));
    const called = codeOf(session.call('POST', '/x'));
    await session.adopt({ ...tokens(9, { ...USER, userId: 'eve' }), sessionId: 'of eve' });
    expect(await called).to.equal('session_ended');
    expect(to('/x').map(({ token }) => token)).to.deep.equal(['access-1']);
  });

  it('goes on with a token that still does while it cannot be exchanged, and does not ask again each time', async () => {
    const { fetch, to } = server({ [REFRESH]: { status: 503, code: 'unavailable' }, '/x': { ok: true } });
    const { session, pass } = open({ fetch });
    await session.adopt(tokens(1));
    await pass(HOUR * 900);
    const before = to(REFRESH).length;
    for (let n = 0; n < 50; n += 1) expect(await session.call('GET', '/x')).to.deep.equal({ ok: true });
    expect(to(REFRESH).length - before).to.equal(0);
    await pass(60_000);
    expect(to(REFRESH).length - before).to.equal(2);
  });

  it('is not over because of a page that something on the way answers', async () => {
    const { fetch } = server({ [REFRESH]: { status: 401 } });
    const { session } = open({ fetch });
    await session.adopt(tokens(1));
    expect(await codeOf(session.accessToken('access-1'))).to.equal('unreachable');
    expect(session.current?.accessToken).to.equal('access-1');
  });

  it('uses the new tokens also where they cannot be kept: the old refresh token is spent', async () => {
    const { fetch, to } = server(refreshing());
    const memory = memoryStorage();
    let isFull = false;
    const put: ClientStorage['put'] = (key, value) =>
      isFull ? Promise.reject(new Error('full')) : memory.put(key, value);
    const { session } = open({ fetch, storage: { ...memory, put } });
    await session.adopt(tokens(1));
    isFull = true;
    expect(await session.accessToken('access-1')).to.equal('access-2');
    isFull = false;
    expect(await session.accessToken('access-2')).to.equal('access-3');
    expect(to(REFRESH).map(({ body }) => body['refreshToken'])).to.deep.equal(['refresh-1', 'refresh-2']);
  });

  it('is ended on the server also where its access token has expired', async () => {
    const { fetch, to } = server({
      ...refreshing(),
      '/user/v1/logout': ({ token }) => (token === 'access-1' ? { status: 401, code: 'unauthenticated' } : {}),
    });
    const { session, storage } = open({ fetch });
    await session.adopt(tokens(1));
    await session.signOut('all');
    expect(to('/user/v1/logout').map(({ token, body }) => [token, body])).to.deep.equal([
      ['access-1', { scope: 'all' }],
      ['access-2', { scope: 'all' }],
    ]);
    expect([session.current, await storage.list('')]).to.deep.equal([undefined, []]);
  });

  it('is ended without complaint where the server has ended it before', async () => {
    const ended = { status: 401, code: 'session_ended' };
    const { fetch } = server({ '/user/v1/logout': ended, [REFRESH]: ended });
    const { session } = open({ fetch });
    await session.adopt(tokens(1));
    expect(await codeOf(session.signOut())).to.equal('resolved');
  });

  it('is over on this device also where the storage fails', async () => {
    const { fetch, to } = server({});
    const memory = memoryStorage();
    const { session, changes } = open({
      fetch,
      storage: { ...memory, remove: () => Promise.reject(new Error('broken')) },
    });
    await session.adopt(tokens(1));
    expect(await session.signOut().catch(String)).to.equal('Error: broken');
    expect([changes, to('/user/v1/logout').length]).to.deep.equal([['access-1', undefined], 1]);
  });

  it('does nothing more once it is closed, also with an answer that comes late', async () => {
    const { fetch, release } = slowRefresh(tokens(2));
    const { session, changes, storage, waiting } = open({ fetch });
    await session.adopt(tokens(1));
    const exchanged = session.refresh('access-1');
    await settle();
    session.close();
    release();
    await exchanged;
    expect([changes, waiting()]).to.deep.equal([['access-1'], 0]);
    expect((await open({ fetch, storage }).session.restore())?.accessToken).to.equal('access-2');
  });
});
