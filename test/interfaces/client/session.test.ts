import { expect } from 'chai';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { connectedTabs } from '../../support/connected-tabs.js';
import { settle } from '../../support/manual-platform.js';
import { codeOf, HOUR, openSession, REFRESH, refreshing, server, tokens, USER } from '../../support/opened-session.js';

describe('the session of a client', () => {
  it('signs in, and is there again after a reload', async () => {
    const { fetch, to } = server({ '/user/v1/login': tokens(1) });
    const { session, storage } = openSession({ fetch });
    await session.signIn({ login: 'ada', password: 'secret', device: 'test' });
    expect(to('/user/v1/login')[0]?.body).to.deep.equal({ login: 'ada', password: 'secret', device: 'test' });
    const after = openSession({ fetch, storage });
    expect((await after.session.restore())?.user).to.deep.equal(USER);
    expect(await after.session.accessToken()).to.equal('access-1');
  });

  it('exchanges the token before it expires, by the clock of this device alone', async () => {
    const { fetch, to } = server(refreshing());
    const { session, pass, changes } = openSession({ fetch });
    await session.adopt(tokens(1));
    await pass((HOUR * 1_000 * 4) / 5 - 1);
    expect(to(REFRESH)).to.deep.equal([]);
    await pass(1);
    expect(to(REFRESH).map(({ body }) => body)).to.deep.equal([{ refreshToken: 'refresh-1' }]);
    expect(changes).to.deep.equal(['access-1', 'access-2']);
  });

  it('exchanges it once for all who ask at the same time', async () => {
    const { fetch, to } = server(refreshing());
    const { session } = openSession({ fetch });
    await session.adopt(tokens(1));
    const got = await Promise.all(Array.from({ length: 20 }, () => session.accessToken('access-1')));
    expect([new Set(got), to(REFRESH).length]).to.deep.equal([new Set(['access-2']), 1]);
  });

  it('exchanges it once for all tabs', async () => {
    const { fetch, to } = server(refreshing());
    const storage = memoryStorage();
    const tabs = connectedTabs();
    const all = Array.from({ length: 3 }, () => openSession({ fetch, storage, tabs: tabs() }));
    await all[0]!.session.adopt(tokens(1));
    for (const { session } of all.slice(1)) await session.restore();
    const got = await Promise.all(all.map(({ session }) => session.accessToken('access-1')));
    expect([got, to(REFRESH).length]).to.deep.equal([['access-2', 'access-2', 'access-2'], 1]);
  });

  it('is over in every tab when it is ended in one', async () => {
    const { fetch, to } = server({});
    const storage = memoryStorage();
    const tabs = connectedTabs();
    const [one, other] = [openSession({ fetch, storage, tabs: tabs() }), openSession({ fetch, storage, tabs: tabs() })];
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
    const { session } = openSession({ fetch });
    await session.adopt(tokens(1));
    expect(await session.call('GET', '/x')).to.deep.equal({ ok: true });
    expect(to('/x').map(({ token }) => token)).to.deep.equal(['access-1', 'access-2']);
  });

  it('leaves the refresh token to a cookie where it is told to', async () => {
    const { refreshToken: _, ...answer } = tokens(1);
    const { fetch, asked } = server({ '/user/v1/login': answer, [REFRESH]: answer });
    const { session, storage } = openSession({ fetch, cookie: true });
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
    const { session, changes, storage, waiting } = openSession({ fetch });
    await session.adopt(tokens(1));
    expect(await codeOf(session.accessToken('access-1'))).to.equal('signed_out');
    expect(changes).to.deep.equal(['access-1', undefined]);
    expect([await storage.list(''), waiting()]).to.deep.equal([[], 0]);
    expect(await codeOf(session.accessToken())).to.equal('signed_out');
  });

  it('is not over when the server cannot be reached', async () => {
    const { fetch } = server({ [REFRESH]: 'unreachable' });
    const { session, changes } = openSession({ fetch });
    await session.adopt(tokens(1));
    expect(await codeOf(session.accessToken('access-1'))).to.equal('unreachable');
    expect(changes).to.deep.equal(['access-1']);
    expect(await session.accessToken()).to.equal('access-1');
  });

  it('does not act for another user who signs in in another tab', async () => {
    const { fetch, to } = server(refreshing());
    const storage = memoryStorage();
    const [one, other] = [openSession({ fetch, storage }), openSession({ fetch, storage })];
    await one.session.adopt(tokens(1));
    await other.session.adopt({ ...tokens(9, { ...USER, userId: 'eve' }), sessionId: 'of eve' });
    expect(await codeOf(one.session.accessToken('access-1'))).to.equal('signed_out');
    expect(to(REFRESH)).to.deep.equal([]);
    await one.session.signOut();
    expect((await openSession({ fetch, storage }).session.restore())?.accessToken).to.equal('access-9');
  });
});
