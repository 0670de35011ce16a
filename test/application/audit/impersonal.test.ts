import { expect } from 'chai';
import type { AuditCall } from '../../../src/application/audit/audit-call.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { ada } from '../../support/ids.js';
import { createAuditScene, VERSIONS, type AuditScene } from './audit-scene.js';

describe('What is kept of a call as somebody wrote it', () => {
  let scene: AuditScene;
  let eva: UserId;
  beforeEach(async () => {
    scene = await createAuditScene();
    eva = await scene.auditor('eva');
    scene.call(ada, 'ada_1', 'Ada Lovelace-King');
  });

  const shows = async () => ({ answer: 'shown', results: 1 });
  const look = (call: Partial<AuditCall>) =>
    refusalOf(
      scene.audit.auditGate.answered({ ...VERSIONS, filter: { userId: ada }, ...call }, scene.contextOf(eva), shows),
    );

  for (const reason of [
    'Complaint of Ada Lovelace-King',
    'complaint of ADA LOVELACE KING, 2026-17',
    'Why did ada_1 leave',
    'About ada_1.',
    'Ａｄａ Lovelace-King',
    'Asked by ada@example.com',
    'What @ada wrote',
  ])
    it(`is no name and no address of whom it is about: ${reason}`, async () => {
      expect(await look({ reason })).to.equal('audit_reason_personal');
      expect(await scene.logged('AuditAnswered'), 'nor is it kept that it was refused').to.deep.equal([]);
    });

  for (const reason of ['Complaint 2026-17', 'Adaptation of ada_12', 'Lovelace', 'At 5 @ noon'])
    it(`is what else there is to say: ${reason}`, async () => {
      expect(await look({ reason })).to.equal(undefined);
    });

  it('is no matter that names somebody, either', async () => {
    expect(await look({ filter: { userId: ada, matter: 'ada_1' } })).to.equal('audit_reason_personal');
    expect(await look({ filter: { userId: ada, matter: 'Ada.Lovelace-King' } })).to.equal('audit_reason_personal');
    expect(await look({ filter: { userId: ada, matter: '2026-17' } })).to.equal(undefined);
  });

  it('may be the word that stands for those who are erased', async () => {
    scene.call(ada, 'erased', 'erased');
    expect(await look({ reason: 'Was it erased?' })).to.equal(undefined);
  });

  it('is asked of calls that show piece by piece, change something, or ask for an approval', async () => {
    const call = { ...VERSIONS, filter: { viewer: ada }, reason: 'Of ada_1' };
    const context = () => scene.contextOf(eva);
    const parts = async function* parts() {
      yield* [];
    };
    expect(await refusalOf(scene.audit.auditGate.streamed(call, context(), () => parts()))).to.equal(
      'audit_reason_personal',
    );
    expect(await refusalOf(scene.audit.auditGate.commanded(call, context(), async () => ''))).to.equal(
      'audit_reason_personal',
    );
    const operator = { systemUser: 'root', host: 'chat-1', authenticated: false } as const;
    const given = { ...scene.contextOf(null), operator };
    expect(await refusalOf(scene.audit.carryOutCommand(call, given, async () => ''))).to.equal('audit_reason_personal');
    const asked = { call: VERSIONS.name, filter: { actorId: ada }, reason: 'Of ada_1' };
    expect(await refusalOf(scene.audit.requestAudit(asked, context()))).to.equal('audit_reason_personal');
    for (const type of ['AuditStreamStarted', 'ToolCommandStarted', 'AuditRequested'] as const)
      expect(await scene.logged(type), type).to.deep.equal([]);
  });

  it('is asked of nobody who may not call', async () => {
    const mallory = await scene.user('mallory');
    const call = { ...VERSIONS, filter: { userId: ada }, reason: 'Of ada_1' };
    const looking = scene.audit.auditGate.answered(call, scene.contextOf(mallory), shows);
    expect(await refusalOf(looking), 'or they could try what somebody is called').to.equal('forbidden');
  });

  it('is kept of no call that there is not, or that takes no such filter', async () => {
    const asked = { call: 'GET /audit/v1/ada', filter: null, reason: 'Complaint 2026-17' };
    expect(await refusalOf(scene.audit.requestAudit(asked, scene.contextOf(eva)))).to.equal('audit_call_unknown');
    const mallory = await scene.user('mallory');
    expect(await refusalOf(scene.audit.requestAudit(asked, scene.contextOf(mallory)))).to.equal('forbidden');
    expect(await scene.logged('AuditRequested')).to.deep.equal([]);
  });
});
