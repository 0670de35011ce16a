import { expect } from 'chai';
import type { ClientStorage } from '../../../src/interfaces/client/platform.js';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { settle } from '../../support/manual-platform.js';
import { codeOf, HOUR, openSession, REFRESH, refreshing, server, tokens, USER } from '../../support/opened-session.js';

describe('the session of a client, where something comes between', () => {
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
    const { session, storage, waiting } = openSession({ fetch });
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
      const { session, storage } = openSession({ fetch });
      await session.adopt(tokens(1));
      const exchanged = codeOf(session.accessToken('access-1'));
      await settle();
      await session.adopt({ ...tokens(9, { ...USER, userId: 'eve' }), sessionId: 'of eve' });
      release();
      expect(await exchanged).to.equal('signed_out');
      expect([session.current?.accessToken, (await storage.list('')).length]).to.deep.equal(['access-9', 1]);
      expect((await openSession({ fetch, storage }).session.restore())?.accessToken).to.equal('access-9');
    });

  it('does nothing in the name of another user who has signed in meanwhile', async () => {
    const { fetch, to } = server({ '/x': { status: 401, code: 'session_ended' } });
    const { session } = openSession({ fetch });
    await session.adopt(tokens(1));
    const called = codeOf(session.call('POST', '/x'));
    await session.adopt({ ...tokens(9, { ...USER, userId: 'eve' }), sessionId: 'of eve' });
    expect(await called).to.equal('session_ended');
    expect(to('/x').map(({ token }) => token)).to.deep.equal(['access-1']);
  });

  it('goes on with a token that still does while it cannot be exchanged, and does not ask again each time', async () => {
    const { fetch, to } = server({ [REFRESH]: { status: 503, code: 'unavailable' }, '/x': { ok: true } });
    const { session, pass } = openSession({ fetch });
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
    const { session } = openSession({ fetch });
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
    const { session } = openSession({ fetch, storage: { ...memory, put } });
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
    const { session, storage } = openSession({ fetch });
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
    const { session } = openSession({ fetch });
    await session.adopt(tokens(1));
    expect(await codeOf(session.signOut())).to.equal('resolved');
  });

  it('is over on this device also where the storage fails', async () => {
    const { fetch, to } = server({});
    const memory = memoryStorage();
    const { session, changes } = openSession({
      fetch,
      storage: { ...memory, remove: () => Promise.reject(new Error('broken')) },
    });
    await session.adopt(tokens(1));
    expect(await session.signOut().catch(String)).to.equal('Error: broken');
    expect([changes, to('/user/v1/logout').length]).to.deep.equal([['access-1', undefined], 1]);
  });

  it('does nothing more once it is closed, also with an answer that comes late', async () => {
    const { fetch, release } = slowRefresh(tokens(2));
    const { session, changes, storage, waiting } = openSession({ fetch });
    await session.adopt(tokens(1));
    const exchanged = session.refresh('access-1');
    await settle();
    session.close();
    release();
    await exchanged;
    expect([changes, waiting()]).to.deep.equal([['access-1'], 0]);
    expect((await openSession({ fetch, storage }).session.restore())?.accessToken).to.equal('access-2');
  });
});
