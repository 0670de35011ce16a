import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { keptPaths } from '../support/kept-files.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { ownAuditsOf } from '../support/own-audits.js';
import { download, upload } from '../support/upload.js';

const RACES = 12;

describe('legal holds', () => {
  let nodes: readonly [RunningApp, RunningApp];
  let app: RunningApp;
  let eva: SignedUp;
  let fritz: SignedUp;
  let root: SignedUp;

  before(async function () {
    this.timeout(120_000);
    app = await startApp({ env: { MEDIA_KEEP_UNATTACHED: '1s', RATE_LIMIT_SCALE: '100000' } });
    const env = { DATA_DIR: app.dataDir, MEDIA_KEEP_UNATTACHED: '1s', RATE_LIMIT_SCALE: '100000' };
    nodes = [app, await startApp({ beside: app, env })];
    [eva, fritz, root] = [await signUp(app, 'eva'), await signUp(app, 'fritz'), await signUp(app, 'root')];
    await makeAuditors(app, eva, fritz);
    await chatappHere(toolEnvironment(app), 'users', 'grant', 'root', 'admin');
  });
  after(async () => {
    await nodes[1].stop();
    await app.stop();
  });

  const hold = (userId: string, { by = eva, matter = '2026-17', on = app } = {}) =>
    auditing(on, by)('PUT', `/holds/${userId}?matter=${matter}`);
  const lift = (userId: string, { by = eva, matter = '2026-17', on = app } = {}) =>
    auditing(on, by)('DELETE', `/holds/${userId}?matter=${matter}`);
  const eraseOneself = (user: SignedUp, on = app) =>
    call(on, 'DELETE', '/user/v1/me', { token: user.accessToken, json: { password: user.password } });
  const eraseAsAdmin = ({ userId }: SignedUp) =>
    call(nodes[1], 'DELETE', `/user/v1/users/${userId}`, { token: root.accessToken });

  /** Waits until nothing is kept of a file. */
  const gone = (mediaId: string) =>
    eventually(
      () => keptPaths(app),
      (paths) => !paths.some((path) => path.includes(mediaId)),
    );

  it('keep a user from every way of being erased, until every matter is done', async () => {
    const ada = await signUp(app, 'ada');
    expect((await hold(ada.userId)).status).to.equal(204);
    expect((await hold(ada.userId, { by: fritz, matter: '2026-18', on: nodes[1] })).status).to.equal(204);
    expectProblem(await eraseOneself(ada, nodes[1]), 409, 'legal_hold');
    expectProblem(await eraseAsAdmin(ada), 409, 'legal_hold');
    const tool = await chatappHere(toolEnvironment(app), 'users', 'erase', 'ada', '--yes');
    expect(tool).to.include({ code: 1 });
    expect(tool.err).to.include('legal hold');
    expect((await lift(ada.userId, { by: fritz })).status).to.equal(204);
    expectProblem(await eraseOneself(ada), 409, 'legal_hold');
    expect((await lift(ada.userId, { matter: '2026-18' })).status).to.equal(204);
    expect((await eraseOneself(ada)).status).to.equal(202);
    expectProblem(await hold(ada.userId), 404, 'user_not_found');
  });

  it('keep the files that nobody has sent', async () => {
    const bob = await signUp(app, 'bob');
    await hold(bob.userId);
    const { mediaId } = await upload(app, bob, 'words of Bob');
    const free = await signUp(app, 'free');
    const { mediaId: collected } = await upload(app, free, 'words of nobody');
    await gone(collected);
    expect((await download(app, bob, mediaId)).bytes.toString()).to.equal('words of Bob');
    await lift(bob.userId);
    await gone(mediaId);
  }).timeout(60_000);

  it('are for auditors, who say why', async () => {
    const cleo = await signUp(app, 'cleo');
    for (const [method, path] of [
      ['PUT', `/holds/${cleo.userId}`],
      ['DELETE', `/holds/${cleo.userId}`],
      ['GET', '/holds'],
    ] as const) {
      expectProblem(await auditing(app, cleo)(method, path), 403, 'forbidden');
      const silent = await call(app, method, `/audit/v1${path}`, { token: eva.accessToken });
      expectProblem(silent, 400, 'audit_reason_required');
    }
    for (const matter of ['', 'a%20b', '__proto__', '-1', '$gt', "'%20or%201=1", '%00', 'x'.repeat(65), 'a&matter=b'])
      expectProblem(await hold(cleo.userId, { matter }), 400, 'invalid_request');
    expectProblem(await lift(eva.userId), 403, 'own_hold');
    expect((await eraseOneself(cleo)).status).to.equal(202);
  });

  it('are listed with who placed them, when and why, and are events', async () => {
    const dora = await signUp(app, 'dora');
    await hold(dora.userId);
    const { body } = await auditing(nodes[1], fritz)('GET', '/holds?limit=500');
    const holds = body['holds'] as Record<string, unknown>[];
    const own = holds.filter(({ userId }) => userId === dora.userId);
    expect(own).to.have.length(1);
    expect(own[0]).to.include({
      matter: '2026-17',
      placedBy: eva.userId,
      conversationId: null,
      reason: 'Complaint 2026-17',
    });
    const found = await auditing(app, fritz)('GET', `/events?type=HoldPlaced&userId=${dora.userId}`);
    const events = found.body['events'] as { data: object }[];
    expect(events).to.have.length(1);
    expect(events[0]?.data).to.include({ reason: 'Complaint 2026-17', placedBy: eva.userId });
    await lift(dora.userId);
  });

  it('hold back from the user what auditors did, and show it afterwards', async () => {
    const emil = await signUp(app, 'emil');
    await hold(emil.userId);
    await auditing(app, fritz)('GET', `/events?userId=${emil.userId}`);
    expect(await ownAuditsOf(app, emil)).to.deep.equal([]);
    await lift(emil.userId);
    const calls = (await ownAuditsOf(app, emil)).map(({ call: name }) => name);
    expect(calls).to.have.members([
      'PUT /audit/v1/holds/:userId',
      'GET /audit/v1/events',
      'DELETE /audit/v1/holds/:userId',
    ]);
  });

  // Each of the two is acknowledged by a server of its own.
  it('and an erasure at the same moment on two servers: exactly one is carried out', async () => {
    let [held, erased] = [0, 0];
    for (let n = 0; n < RACES; n += 1) {
      const user = await signUp(app, `racer${n}`);
      const [first, second] = n % 2 === 0 ? nodes : ([nodes[1], nodes[0]] as const);
      const [holding, erasing] = await Promise.all([hold(user.userId, { on: first }), eraseOneself(user, second)]);
      const outcome = `${holding.status} ${erasing.status}`;
      expect(outcome).to.be.oneOf(['204 409', '404 202']);
      if (holding.status === 204) held += 1;
      else erased += 1;
      const { body } = await auditing(app, fritz)('GET', `/events?type=UserErased&userId=${user.userId}`);
      expect(body['events']).to.have.length(erasing.status === 202 ? 1 : 0);
    }
    expect(held + erased).to.equal(RACES);
  }).timeout(120_000);
});
