import { expect } from 'chai';
import type { AuditRequestId, UserId } from '../../../src/domain/kernel/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { askFor, createAuditScene, VERSIONS, type AuditScene } from './audit-scene.js';

describe('Requests for the approval of audit calls', () => {
  let scene: AuditScene;
  let eva: UserId;
  let fritz: UserId;
  beforeEach(async () => {
    scene = await createAuditScene({ fourEyes: true });
    [eva, fritz] = [await scene.auditor('eva'), await scene.auditor('fritz')];
  });

  const ask = () => askFor(scene, eva);
  const page = (limit = 10, cursor?: string) => scene.audit.openAuditRequests({ limit, cursor }, scene.now());
  const open = async () => (await page()).requests.map(({ requestId }) => requestId);

  it('are listed as long as they wait, the oldest first, with who asks for what, and why', async () => {
    const [first, second, third, fourth] = [await ask(), await ask(), await ask(), await ask()] as const;
    expect(await open()).to.deep.equal([first, second, third, fourth]);
    const { auditorId, call, filter, reason } = (await page()).requests[0]!;
    expect({ auditorId, name: call, filter, reason }).to.deep.equal({
      ...{ auditorId: eva, name: VERSIONS.name, filter: VERSIONS.filter, reason: VERSIONS.reason },
    });
    await scene.audit.approveAuditRequest(second, scene.contextOf(fritz));
    await scene.audit.refuseAuditRequest(third, scene.contextOf(eva));
    expect(await open()).to.deep.equal([first, fourth]);
  });

  it('are listed page by page', async () => {
    const asked = [await ask(), await ask(), await ask()];
    const found: AuditRequestId[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const { requests, nextCursor } = await page(1, cursor);
      found.push(...requests.map(({ requestId }) => requestId));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(found).to.deep.equal(asked);
  });

  it('are not listed once their time is over', async () => {
    await ask();
    scene.turnClock(86_399);
    const later = await ask();
    expect(await open()).to.have.length(2);
    scene.turnClock(1);
    expect(await open()).to.deep.equal([later]);
    scene.turnClock(7_200);
    expect(await open()).to.deep.equal([later]);
  });

  it('have their refusals recorded: of strangers one in an hour, of auditors each', async () => {
    const requestId = await ask();
    const mallory = await scene.user('mallory');
    const call = { ...VERSIONS, name: 'POST /audit/v1/requests/:requestId/approve', showsContent: false };
    const approve = (by: UserId) => {
      const context = scene.contextOf(by);
      const command = () => scene.audit.approveAuditRequest(requestId, context);
      return refusalOf(scene.audit.auditGate.commanded(call, context, command));
    };
    expect([await approve(mallory), await approve(mallory)]).to.deep.equal(['forbidden', 'forbidden']);
    expect(await scene.logged('AuditAccessRefused')).to.have.length(1);
    expect(await approve(eva)).to.equal('own_audit_request');
    const answered = await scene.logged('AuditAnswered');
    expect(answered).to.have.length(1);
    expect(answered[0]).to.deep.include({ auditorId: eva, call: call.name, refusal: 'own_audit_request', results: 0 });
    expect(await approve(fritz), 'what is done is an event of its own').to.equal(undefined);
    expect(await scene.logged('AuditAnswered')).to.have.length(1);
  });
});
