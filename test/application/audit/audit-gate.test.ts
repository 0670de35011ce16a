import { expect } from 'chai';
import type { AuditedAnswer } from '../../../src/application/audit/audit-gate.js';
import { recordRefusal } from '../../../src/application/audit/record-refusal.js';
import type { Transact } from '../../../src/application/kernel/transact.js';
import { EventStoreUnavailableError } from '../../../src/application/ports/event-store.js';
import { AUDIT_TRAIL } from '../../../src/domain/audit/trail.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { reject } from '../../../src/domain/kernel/rejections.js';
import { ada, bob, messageNumber } from '../../support/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { askFor, createAuditScene, VERSIONS, type AuditScene } from './audit-scene.js';

const shows =
  (userIds: readonly UserId[] = [ada, bob]) =>
  async (): Promise<AuditedAnswer<string>> => ({ answer: 'shown', results: 2, userIds });

describe('The gate of audit calls', () => {
  let scene: AuditScene;
  let auditor: UserId;
  beforeEach(async () => {
    scene = await createAuditScene();
    auditor = await scene.auditor('eva');
  });

  const recorded = () => scene.logged('AuditAnswered');

  it('records who looked at what, why, and at how much, before it answers', async () => {
    const context = scene.contextOf(auditor);
    expect(await scene.audit.auditGate.answered(VERSIONS, context, shows())).to.equal('shown');
    const [answered] = await recorded();
    expect(answered).to.deep.include({
      auditorId: auditor,
      call: VERSIONS.name,
      filter: { messageId: messageNumber(1) },
      reason: VERSIONS.reason,
      results: 2,
      refusal: null,
      answeredAt: context.now,
    });
    const [named] = await scene.logged('UsersAudited');
    expect(named).to.deep.include({ auditorId: auditor, userIds: [ada, bob] });
  });

  it('gives each call a stream of its own, also for one request', async () => {
    const context = scene.contextOf(auditor);
    await scene.audit.auditGate.answered(VERSIONS, context, shows());
    await scene.audit.auditGate.answered(VERSIONS, context, shows());
    const ids = (await recorded()).map((each) => (each as { callId: string }).callId);
    expect(new Set(ids).size).to.equal(2);
    expect(await scene.typesIn(`audit-${ids[0]}`)).to.deep.equal(['AuditAnswered', 'UsersAudited']);
  });

  it('names the user whom the filter names, also where nothing was found', async () => {
    const call = { ...VERSIONS, filter: { actorId: ada } };
    await scene.audit.auditGate.answered(call, scene.contextOf(auditor), async () => ({ answer: '', results: 0 }));
    expect(await scene.logged('UsersAudited')).to.have.length(1);
  });

  it('asks for a reason where nothing is shown and one is needed, and with four eyes for the approval that is needed', async () => {
    const change = { ...VERSIONS, showsContent: false, reason: null };
    const eyes = scene.auditWith({ fourEyes: true }).auditGate;
    const context = () => scene.contextOf(auditor);
    for (const needs of ['reason', 'approval'] as const)
      expect(await refusalOf(eyes.answered({ ...change, needs }, context(), shows()))).to.equal(
        'audit_reason_required',
      );
    const given = { ...change, reason: 'Complaint' };
    expect(await eyes.answered({ ...given, needs: 'reason' }, context(), shows())).to.equal('shown');
    const unapproved = eyes.answered({ ...given, needs: 'approval' }, context(), shows());
    expect(await refusalOf(unapproved)).to.equal('audit_approval_required');
  });

  it('answers nothing where the record cannot be written', async () => {
    const transact: Transact = () => Promise.reject(new EventStoreUnavailableError('away'));
    const answer = scene.auditWith({ transact }).auditGate.answered(VERSIONS, scene.contextOf(auditor), shows());
    expect(await answer.catch((error: unknown) => error)).to.be.instanceOf(EventStoreUnavailableError);
  });

  it('requires a reason where content is shown, and nowhere else', async () => {
    const call = { ...VERSIONS, reason: null };
    const { auditGate } = scene.audit;
    const looking = auditGate.answered(call, scene.contextOf(auditor), shows());
    expect(await refusalOf(looking)).to.equal('audit_reason_required');
    expect(await recorded()).to.deep.equal([]);
    const counting = auditGate.answered({ ...call, showsContent: false }, scene.contextOf(auditor), shows());
    expect(await counting).to.equal('shown');
  });

  it('records what was refused to an auditor', async () => {
    const looking = scene.audit.auditGate.answered(VERSIONS, scene.contextOf(auditor), async () =>
      reject('message_not_found'),
    );
    expect(await refusalOf(looking)).to.equal('message_not_found');
    const [answered] = await recorded();
    expect(answered).to.deep.include({ refusal: 'message_not_found', results: 0 });
  });

  it('does not answer an auditor who has lost the role meanwhile', async () => {
    const looking = scene.audit.auditGate.answered(VERSIONS, scene.contextOf(auditor), async () => {
      await scene.revoke(auditor);
      return shows()();
    });
    expect(await refusalOf(looking)).to.equal('forbidden');
    expect(await recorded()).to.deep.equal([]);
  });

  it('records one refusal in an hour of a user without the role, on whichever nodes they try', async () => {
    const stranger = await scene.user('mallory');
    const other = recordRefusal(scene.transact);
    for (let n = 0; n < 3; n += 1) {
      const trying = scene.audit.auditGate.answered(VERSIONS, scene.contextOf(stranger), shows());
      expect(await refusalOf(trying)).to.equal('forbidden');
    }
    await other(VERSIONS, scene.contextOf(stranger));
    expect(await scene.logged('AuditAccessRefused')).to.have.length(1);
    scene.turnClock(3_600);
    await other(VERSIONS, scene.contextOf(stranger));
    expect(await scene.logged('AuditAccessRefused')).to.have.length(2);
  });

  it('keeps the reason sealed, with a key that goes with no auditor', async () => {
    await scene.audit.auditGate.answered(VERSIONS, scene.contextOf(auditor), shows());
    for await (const { type, data } of scene.store.raw.readAll({ filter: { types: ['AuditAnswered'] } })) {
      expect(type).to.equal('AuditAnswered');
      expect(data.toString()).to.include(AUDIT_TRAIL).and.not.include('Complaint');
    }
    scene.keys.forget(auditor);
    const [answered] = await recorded();
    expect(answered).to.include({ reason: VERSIONS.reason });
  });
});

describe('The gate of audit calls with four eyes', () => {
  let scene: AuditScene;
  let eva: UserId;
  let fritz: UserId;
  beforeEach(async () => {
    scene = await createAuditScene({ fourEyes: true });
    [eva, fritz] = [await scene.auditor('eva'), await scene.auditor('fritz')];
  });

  const ask = () => askFor(scene, eva);
  const approve = (requestId: Awaited<ReturnType<typeof ask>>, by: UserId) =>
    scene.audit.approveAuditRequest(requestId, scene.contextOf(by));
  const look = (more: Partial<typeof VERSIONS> = {}, by = eva) =>
    scene.audit.auditGate.answered({ ...VERSIONS, ...more }, scene.contextOf(by), shows());

  it('shows content once another auditor has approved the call, as often as its pages need', async () => {
    const requestId = await ask();
    expect(await refusalOf(look({ requestId }))).to.equal('audit_approval_required');
    await approve(requestId, fritz);
    for (let page = 0; page < 2; page += 1) expect(await look({ requestId })).to.equal('shown');
    const answered = (await scene.logged('AuditAnswered')) as { requestId: string; refusal: string | null }[];
    expect(answered.filter((each) => each.refusal === null).map((each) => each.requestId)).to.deep.equal([
      requestId,
      requestId,
    ]);
  });

  it('lets nobody approve their own', async () => {
    const requestId = await ask();
    expect(await refusalOf(approve(requestId, eva))).to.equal('own_audit_request');
    expect(await refusalOf(look({ requestId }))).to.equal('audit_approval_required');
  });

  it('lets nobody approve who is no auditor', async () => {
    const requestId = await ask();
    expect(await refusalOf(approve(requestId, await scene.user('mallory')))).to.equal('forbidden');
    await scene.revoke(fritz);
    expect(await refusalOf(approve(requestId, fritz))).to.equal('forbidden');
  });

  it('shows nothing without a request, by one that there is not, or by one that was refused', async () => {
    expect(await refusalOf(look())).to.equal('audit_approval_required');
    const requestId = scene.identifiers.newAuditRequestId();
    expect(await refusalOf(look({ requestId }))).to.equal('audit_approval_required');
    const refused = await ask();
    await scene.audit.refuseAuditRequest(refused, scene.contextOf(fritz));
    expect(await refusalOf(look({ requestId: refused }))).to.equal('audit_approval_required');
    expect(await scene.logged('AuditAnswered'), 'each refusal is recorded').to.have.length(3);
  });

  it('shows nothing but the very call, to the very auditor', async () => {
    const requestId = await ask();
    await approve(requestId, fritz);
    const others: readonly Promise<unknown>[] = [
      look({ requestId, name: 'GET /audit/v1/events' }),
      look({ requestId, filter: { messageId: messageNumber(2) } }),
      look({ requestId, filter: {} }),
      look({ requestId, filter: { ...VERSIONS.filter, type: 'MessageSent' } }),
      look({ requestId }, fritz),
    ];
    for (const other of others) expect(await refusalOf(other)).to.equal('audit_approval_required');
  });

  it('shows nothing once the time of the approval is over, and records that', async () => {
    const requestId = await ask();
    await approve(requestId, fritz);
    scene.turnClock(3_599);
    expect(await look({ requestId })).to.equal('shown');
    scene.turnClock(1);
    for (let n = 0; n < 2; n += 1) expect(await refusalOf(look({ requestId }))).to.equal('audit_request_expired');
    expect(await scene.typesIn(`auditrequest-${requestId}`)).to.deep.equal([
      'AuditRequested',
      'AuditRequestApproved',
      'AuditRequestExpired',
    ]);
  });

  it('takes no approval that comes too late', async () => {
    const requestId = await ask();
    scene.turnClock(86_400);
    expect(await refusalOf(approve(requestId, fritz))).to.equal('audit_request_expired');
    expect(await scene.audit.getAuditRequest(requestId, scene.now())).to.include({ status: 'expired', auditorId: eva });
  });

  it('asks nobody for what shows no content', async () =>
    expect(await look({ showsContent: false })).to.equal('shown'));
});
