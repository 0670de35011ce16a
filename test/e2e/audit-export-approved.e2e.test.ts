import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors } from '../support/audit-calls.js';
import { expectProblem } from '../support/call.js';
import { exported, logKeyOf, nextPart, verifyBoth, type Exported } from '../support/export-calls.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';

interface Range {
  readonly from: string;
  readonly to: string;
}

describe('An export that two auditors have to agree on', function () {
  this.timeout(240_000);
  let app: RunningApp;
  let folder: string;
  let eva: SignedUp;
  let fritz: SignedUp;
  let ada: SignedUp;
  let key: string;
  let conversationId: string;
  /** The range that is approved goes up to here, and the log beyond. */
  let end: number;
  let approved: Readonly<Record<string, string>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-approved-'));
    app = await startApp({ env: { AUDIT_FOUR_EYES: 'true' } });
    [eva, fritz, ada] = [await signUp(app, 'eva'), await signUp(app, 'fritz'), await signUp(app, 'ada')];
    await makeAuditors(app, eva, fritz);
    key = await logKeyOf(app, eva);
    for (let n = 0; n < 20; n += 1) {
      const sent = await send(app, ada, { recipientId: fritz.userId, text: `text ${n}` });
      ({ conversationId } = sent);
      end = Number(sent.position) + 1;
    }
    for (let n = 0; n < 5; n += 1) await send(app, ada, { conversationId, text: 'beyond what is approved' });
    const json = { call: 'GET /audit/v1/exports', filter: { after: '0', before: String(end) } };
    const asked = await auditing(app, eva)('POST', '/requests', { json });
    expect(asked.status, asked.text).to.equal(201);
    approved = { 'x-audit-request': asked.body['requestId'] as string };
  });
  after(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const range = () => `after=0&before=${end}`;
  const asked = (query: string, auditor = eva, headers = approved) =>
    auditing(app, auditor)('GET', `/exports?${query}`, { headers });

  it('is refused before the other one has approved it', async () => {
    expectProblem(await asked(range()), 403, 'audit_approval_required');
    expectProblem(await asked(range(), eva, {}), 403, 'audit_approval_required');
  });

  it('comes in all of its parts by one approval, and none goes beyond it', async () => {
    const path = `/requests/${approved['x-audit-request']}/approve`;
    expect((await auditing(app, fritz)('POST', path)).status).to.equal(204);
    const ranges: Range[] = [];
    for (let query: string | undefined = `${range()}&limit=15`; query !== undefined;) {
      const bundle: Exported = await exported(app, eva, query, approved);
      ranges.push((await verifyBoth(folder, key, bundle)).scope as unknown as Range);
      expect(bundle.parts.get('transcript.html')).not.to.include('beyond what is approved');
      query = nextPart(bundle);
    }
    expect(ranges.length).to.be.at.least(2);
    expect(ranges[0]?.from).to.equal('1');
    expect(ranges.at(-1)?.to).to.equal(String(end - 1));
    for (const [at, { from }] of ranges.slice(1).entries()) expect(Number(from)).to.equal(Number(ranges[at]?.to) + 1);
  });

  it('is refused beyond what was approved, to others, and without its request', async () => {
    for (const query of [
      `after=0&before=${end + 1}`,
      'after=0',
      `before=${end}`,
      `${range()}&conversationId=${conversationId}`,
      `${range()}&userId=${ada.userId}`,
      `${range()}&from=2000-01-01T00:00:00Z`,
    ])
      expectProblem(await asked(query), 403, 'audit_approval_required');
    expectProblem(await asked(range(), fritz), 403, 'audit_approval_required');
    expectProblem(await asked(range(), eva, {}), 403, 'audit_approval_required');
  });

  it('goes by no cursor beyond what was approved', async () => {
    expectProblem(await asked(`${range()}&cursor=e${end - 1}-${end + 5}`), 404, 'audit_export_empty');
    expectProblem(await asked(`${range()}&cursor=e${end + 1}-${end + 5}`), 404, 'audit_export_empty');
    const bundle = await exported(app, eva, `${range()}&cursor=e${end - 3}-${end + 5}`, approved);
    const { scope } = await verifyBoth(folder, key, bundle);
    expect(scope).to.include({ from: String(end - 2), to: String(end - 1) });
  });
});
