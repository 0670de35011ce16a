import { expect } from 'chai';
import { mediaProjection, searchProjection } from '../../src/application/projections/registry.js';
import { launchApp, startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/programs.js';
import { readModelVersions, type ReadModelVersions } from '../support/read-model-versions.js';
import { history, send, signUp, type SignedUp } from '../support/signed-up.js';

const LONG_MS = 120_000;

// A server was not there for anybody until it had rebuilt what was of another version.
describe('A server whose read models are of another version', function () {
  this.timeout(LONG_MS);
  let older: RunningApp;
  let versions: ReadModelVersions;
  let release: () => Promise<unknown>;
  const nodes: RunningApp[] = [];
  let ada: SignedUp;
  let bob: SignedUp;
  let conversationId: string;

  before(async () => {
    older = await startApp();
    versions = await readModelVersions(older);
    [ada, bob] = [await signUp(older, 'ada'), await signUp(older, 'bob')];
    ({ conversationId } = await send(older, ada, { recipientId: bob.userId, text: 'a loom' }));
  });
  after(async () => {
    await versions.close();
    await older.stop();
  });
  beforeEach(() => {
    release = () => Promise.resolve();
  });
  afterEach(async () => {
    await release();
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
  });

  const startBeside = async (): Promise<RunningApp> => {
    const node = await startApp({ beside: older });
    nodes.push(node);
    return node;
  };

  /** Makes the read models of this version, and keeps everybody from rebuilding them until they are released. */
  const hold = async (name: string, version: number) => {
    await versions.set(name, version);
    release = await versions.hold(name);
  };
  const search = async ({ url }: RunningApp, position: string) => {
    const headers = { authorization: `Bearer ${ada.accessToken}`, 'x-min-position': position };
    const answer = await fetch(`${url}/message/v1/search?q=loom`, { headers });
    return { answer, body: (await answer.json()) as { code?: string; messages?: { text: string }[] } };
  };
  const found = async (app: RunningApp, position: string) => {
    // Nobody has promised that a busy server has indexed a message within two seconds.
    const { answer, body } = await eventually(
      () => search(app, position),
      (searched) => searched.body.code !== 'projection_lagging',
    );
    expect(answer.status, JSON.stringify(body)).to.equal(200);
    return body.messages?.map(({ text }) => text).sort();
  };

  it('serves an older one that it can read, with all that is sent meanwhile, and switches by itself', async () => {
    await hold('search', 1);
    const [one, other] = [await startBeside(), await startBeside()];
    const { position, messageId } = await send(one, ada, { conversationId, text: 'another loom' });
    expect((await history(other, bob, conversationId, position)).at(-1)).to.include({ messageId });
    for (const node of nodes) expect(await found(node, position)).to.deep.equal(['a loom', 'another loom']);
    expect(await versions.of('search')).to.equal(1);
    await release();
    await eventually(
      () => versions.of('search'),
      (version) => version === 2,
    );
    const last = await send(other, ada, { conversationId, text: 'the last loom' });
    for (const node of nodes)
      expect(await found(node, last.position)).to.deep.equal(['a loom', 'another loom', 'the last loom']);
  });

  it('answers searches that their read model is made anew, where it cannot read it, and all else as ever', async () => {
    await hold('search', 0);
    const node = await startBeside();
    const { position } = await send(node, ada, { conversationId, text: 'a loom again' });
    expect((await history(node, bob, conversationId, position)).at(-1)).to.include({ text: 'a loom again' });
    const { answer, body } = await search(node, position);
    expect([answer.status, body.code, answer.headers.get('retry-after')]).to.deep.equal([503, 'rebuilding', '5']);
    await release();
    await eventually(
      () => search(node, position),
      (searched) => searched.answer.status === 200,
    );
    expect(await found(node, position)).to.include('a loom again');
  });

  it('says so to everybody, and how far it is, where it can read no messages, and then serves', async () => {
    await hold('messages', 0);
    const port = String(await freePort());
    const { child, output, ended } = await launchApp({ beside: older, env: { PORT: port } });
    const url = `http://127.0.0.1:${port}`;
    const headers = { 'x-request-id': 'asked-early' };
    const ask = (path: string) => fetch(`${url}${path}`, { headers }).catch(() => undefined); // It does not listen yet, or for a moment.
    const refused = await eventually(
      () => ask('/user/v1/me'),
      (answer) => answer !== undefined,
    );
    expect([refused?.status, refused?.headers.get('retry-after')]).to.deep.equal([503, '5']);
    const told = { code: 'rebuilding', status: 503, progress: { messages: 0 }, requestId: 'asked-early' };
    expect(await refused?.json()).to.deep.include(told);
    expect(refused?.headers.get('x-request-id')).to.equal('asked-early');
    expect((await ask('/healthz'))?.status).to.equal(200);
    expect((await ask('/readyz'))?.status).to.equal(503);
    await release();
    await eventually(
      () => ask('/readyz'),
      (answer) => answer?.status === 200,
    );
    const texts = (await history({ ...older, url }, bob, conversationId, '0')).map(({ text }) => text);
    expect(texts).to.include.members(['a loom', 'a loom again']);
    expect(output()).to.include('read models are of another version, rebuilding');
    child.kill('SIGTERM');
    await ended;
    expect(child.exitCode).to.equal(0);
  });

  for (const [name, own] of [
    ['media', mediaProjection.version],
    ['search', searchProjection.version],
  ] as const)
    it(`leaves newer ones to newer servers: ${name}`, async () => {
      await versions.set(name, 99);
      const node = await startBeside();
      expect(node.output()).to.include('read models are of a newer version');
      const { position } = await send(node, ada, { conversationId, text: 'beside newer ones' });
      expect((await history(node, bob, conversationId, position)).at(-1)).to.include({ text: 'beside newer ones' });
      await node.stop();
      expect(await versions.of(name)).to.equal(99);
      await versions.set(name, own);
    });
});
