import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseVerifierKey, type NoteKey } from '../../src/domain/audit/signed-note.js';
import { verifyTlogProof } from '../../src/domain/audit/tlog-proof.js';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { nodeCrypto, sha256 } from '../support/audit-crypto.js';
import { call, expectProblem } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

describe('the certificate of an erasure', () => {
  let app: RunningApp;
  let eva: SignedUp;
  let root: SignedUp;
  let ada: SignedUp;
  let folder: string;
  let keys: string[];

  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(join(tmpdir(), 'chatapp-certificates-'));
    app = await startApp({ env: { AUDIT_CHECKPOINT_EVENTS: '5', AUDIT_CHECKPOINT_SECONDS: '1s' } });
    [eva, root, ada] = [await signUp(app, 'eva'), await signUp(app, 'root'), await signUp(app, 'ada')];
    await makeAuditors(app, eva);
    await chatappHere(toolEnvironment(app), 'users', 'grant', 'root', 'admin');
    const { body } = await auditing(app, eva)('GET', '/key');
    keys = (body['keys'] as { verifierKey: string }[]).map(({ verifierKey }) => verifierKey);
  });
  after(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const certificateOf = ({ userId }: SignedUp) => auditing(app, eva)('GET', `/erasures/${userId}/certificate`);
  /** The answer once there is one: keys are destroyed, and heads signed, a moment behind the erasure. */
  const certified = async (user: SignedUp): Promise<string> => {
    let text = '';
    await eventually(
      async () => {
        const response = await fetch(`${app.url}/audit/v1/erasures/${user.userId}/certificate`, {
          headers: { authorization: `Bearer ${eva.accessToken}` },
        });
        text = await response.text();
        return response.status;
      },
      (status) => status === 200,
    );
    return text;
  };
  const verify = async (text: string, ...args: string[]) => {
    const path = join(folder, 'certificate.txt');
    await writeFile(path, text);
    return chatappHere({}, 'audit', 'verify', path, ...args);
  };
  const trust = (): { origin: string; keys: NoteKey[] } => {
    const parsed = keys.map((key) => parseVerifierKey(sha256, key));
    return { origin: parsed[0]!.name, keys: parsed };
  };

  it('is given for nobody who is not erased', async () => {
    expectProblem(await certificateOf(root), 404, 'erasure_not_found');
    const nobody = { ...root, userId: '01900000-0000-7000-8000-00000000ffff' };
    expectProblem(await certificateOf(nobody), 404, 'erasure_not_found');
  });

  it('proves the erasure, and that what was proven before is proven behind it', async () => {
    const { position } = await send(app, ada, { recipientId: root.userId, text: 'words that will be gone' });
    const inclusion = `/proofs/inclusion?position=${position}`;
    const before = await auditing(app, eva)('GET', inclusion);
    const leafBefore = await fetch(`${app.url}/audit/v1/events/${position}/leaf`, {
      headers: { authorization: `Bearer ${eva.accessToken}` },
    });
    const leaf = Buffer.from(await leafBefore.arrayBuffer());
    const erased = await call(app, 'DELETE', `/user/v1/users/${ada.userId}`, { token: root.accessToken });
    expect(erased.status).to.equal(202);
    const text = await certified(ada);
    expect(text).to.match(/^key [0-9a-f]{32}$/m);
    expect(text).not.to.include('words that');

    const verified = await verify(text, '--key', keys[0]!, '--json');
    expect(verified.code, verified.err).to.equal(0);
    const report = JSON.parse(verified.out) as { grownFrom: number; size: number };
    expect(report).to.include({ userId: ada.userId, erasedBy: root.userId });
    expect(report.grownFrom).to.be.greaterThan(0);

    // The proof of before still fits, and so does one that is made now.
    expect(verifyTlogProof(nodeCrypto, before.text, leaf, trust()).checkpoint.size).to.be.at.least(1);
    const now = await auditing(app, eva)('GET', inclusion);
    expect(verifyTlogProof(nodeCrypto, now.text, leaf, trust()).checkpoint.size).to.be.at.least(report.grownFrom);
  }).timeout(60_000);

  it('is given to admins and to the tool too, and verified offline, where a changed one is found', async () => {
    const path = `/user/v1/users/${ada.userId}/erasure-certificate`;
    expectProblem(await call(app, 'GET', path, { token: eva.accessToken }), 403, 'forbidden');
    const forAdmin = await call(app, 'GET', path, { token: root.accessToken });
    expect(forAdmin.status, forAdmin.text).to.equal(200);
    expect(await verify(forAdmin.text, '--key', keys[0]!)).to.include({ code: 0 });
    const printed = await chatappHere(toolEnvironment(app), 'users', 'certificate', ada.userId);
    expect(printed.code, printed.err).to.equal(0);
    expect(await verify(printed.out, '--key', keys[0]!)).to.include({ code: 0 });
    const changed = printed.out.replace(`user ${ada.userId}`, `user ${eva.userId}`);
    expect(await verify(changed, '--key', keys[0]!)).to.include({ code: 3 });
  });

  it('is signed by the key that the log has then, also where it was changed', async () => {
    const rotated = await chatappHere(toolEnvironment(app), 'audit', 'keys', 'rotate');
    expect(rotated.code, rotated.err).to.equal(0);
    const bob = await signUp(app, 'bob');
    await call(app, 'DELETE', '/user/v1/me', { token: bob.accessToken, json: { password: bob.password } });
    const text = await certified(bob);
    const { body } = await auditing(app, eva)('GET', '/key');
    const now = (body['keys'] as { verifierKey: string }[]).map(({ verifierKey }) => verifierKey);
    expect(now).to.have.length(2);
    expect(await verify(text, ...now.flatMap((key) => ['--key', key]))).to.include({ code: 0 });
  }).timeout(60_000);

  it('takes an auditor, and each call is recorded', async () => {
    const mallory = await signUp(app, 'mallory');
    const answer = await auditing(app, mallory)('GET', `/erasures/${ada.userId}/certificate`);
    expectProblem(answer, 403, 'forbidden');
    const { body } = await auditing(app, eva)('GET', `/events?type=UsersAudited&userId=${ada.userId}`);
    expect(body['events']).not.to.have.length(0);
  });
});
