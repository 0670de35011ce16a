import { expect } from 'chai';
import { AnnouncedProgress } from '../../../src/application/projections/announced-progress.js';
import { PROJECTIONS } from '../../../src/application/projections/registry.js';
import { ReleaseStack } from '../../../src/infrastructure/release-stack.js';
import { untilReadable } from '../../../src/infrastructure/server/until-readable.js';
import { eventually } from '../../support/eventually.js';
import { positionOf } from '../../support/ids.js';
import { freePort } from '../../support/programs.js';

const MADE_HERE = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

describe('A server that can read none of the read models yet', () => {
  it('says so, how far they are, and by which request id, until it can read them', async () => {
    const config = { HOST: '127.0.0.1', PORT: await freePort() };
    const progress = new AnnouncedProgress(() => Promise.resolve(null));
    const releases = new ReleaseStack((name, error) => expect.fail(`${name}: ${String(error)}`));
    progress.rebuild('messages', 0.12345);
    progress.rebuild('search', 0.5); // Only searches wait for it.
    const readable = untilReadable({ config, progress, releases }, new AbortController().signal);
    const ask = (path: string, headers = {}) => fetch(`http://127.0.0.1:${config.PORT}${path}`, { headers });
    const asked = (path: string, headers = {}) =>
      eventually(
        () => ask(path, headers).catch(() => undefined), // It does not listen yet.
        (answer) => answer !== undefined,
      ) as Promise<Response>;
    const refused = await asked('/user/v1/me', { 'x-request-id': 'asked-early' });
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([503, '5']);
    expect(refused.headers.get('content-type')).to.equal('application/problem+json');
    expect(refused.headers.get('x-request-id')).to.equal('asked-early');
    const body = (await refused.json()) as object;
    expect(body).to.deep.include({ code: 'rebuilding', requestId: 'asked-early', progress: { messages: 0.123 } });
    const other = await ask('/readyz', { 'x-request-id': 'two words' });
    expect(other.status).to.equal(503);
    expect(other.headers.get('x-request-id')).to.match(MADE_HERE);
    const alive = await ask('/healthz');
    expect([alive.status, await alive.json()]).to.deep.equal([200, { status: 'ok' }]);
    progress.readable('messages');
    for (const { name } of PROJECTIONS) if (name !== 'search') progress.announce(name, positionOf(1));
    await readable;
    expect(await ask('/healthz').catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect(await releases.releaseAll()).to.equal(true);
  });

  it('listens to nobody where it can read them, but for the search', async () => {
    const config = { HOST: '127.0.0.1', PORT: await freePort() };
    const progress = new AnnouncedProgress(() => Promise.resolve(null));
    const releases = new ReleaseStack(() => undefined);
    progress.rebuild('search', 0);
    for (const { name } of PROJECTIONS) progress.announce(name, positionOf(1));
    await untilReadable({ config, progress, releases }, new AbortController().signal);
    expect(progress.rebuildOf('search')).to.equal(0);
  });
});
