import { expect } from 'chai';
import type { AuditCall } from '../../../src/application/audit/audit-call.js';
import type { Transact } from '../../../src/application/kernel/transact.js';
import { EventStoreUnavailableError } from '../../../src/application/ports/event-store.js';
import { AUDIT_TRAIL } from '../../../src/domain/audit/trail.js';
import { ada } from '../../support/ids.js';
import { createAuditScene, VERSIONS, type AuditScene } from './audit-scene.js';

const GRANT: AuditCall = {
  name: 'chatapp users grant',
  filter: { userId: ada, role: 'admin' },
  showsContent: false,
  reason: 'Stands in for bob',
  requestId: null,
};
const operator = { systemUser: 'root', host: 'chat-1', authenticated: false } as const;

describe('A command of the tool that changes something', () => {
  let scene: AuditScene;
  beforeEach(async () => {
    scene = await createAuditScene();
  });

  const given = () => ({ ...scene.contextOf(null), operator });
  const typesOf = async () => {
    const [started] = await scene.logged('ToolCommandStarted');
    return started ? scene.typesIn(`audit-${(started as { callId: string }).callId}`) : [];
  };

  it('is recorded before it begins: who, as the operating system names them, what, and why', async () => {
    const context = given();
    const before = await scene.audit.carryOutCommand(GRANT, context, async () => typesOf());
    expect(before).to.deep.equal(['ToolCommandStarted', 'UsersAudited']);
    const [started] = await scene.logged('ToolCommandStarted');
    expect(started).to.deep.include({
      auditorId: null,
      call: 'chatapp users grant',
      filter: { userId: ada, role: 'admin' },
      reason: 'Stands in for bob',
      operator,
      startedAt: context.now,
    });
    const [named] = await scene.logged('UsersAudited');
    expect(named, 'and told to whom it concerns').to.deep.include({ userIds: [ada] });
  });

  it('is recorded again when it has ended, however that was', async () => {
    expect(await scene.audit.carryOutCommand(GRANT, given(), async () => 'done')).to.equal('done');
    expect(await typesOf()).to.deep.equal(['ToolCommandStarted', 'UsersAudited', 'ToolCommandEnded']);
    const failure = new Error('it is held');
    const failing = scene.audit.carryOutCommand(GRANT, given(), () => Promise.reject(failure));
    expect(await failing.catch((error: unknown) => error)).to.equal(failure);
    const ends = (await scene.logged('ToolCommandEnded')).map((each) => (each as { end: string }).end);
    expect(ends).to.deep.equal(['complete', 'failed']);
  });

  it('is found with what has come of it by its correlation id', async () => {
    const context = given();
    await scene.audit.carryOutCommand(GRANT, context, async () => undefined);
    const ids = [];
    for await (const { type, metadata } of scene.store.readAll())
      if (type.startsWith('ToolCommand')) ids.push(metadata.correlationId);
    expect(ids).to.deep.equal([context.correlationId, context.correlationId]);
  });

  it('is not carried out where it cannot be recorded', async () => {
    const transact: Transact = () => Promise.reject(new EventStoreUnavailableError('away'));
    let isDone = false;
    const work = async () => {
      isDone = true;
    };
    const refused = scene.auditWith({ transact }).carryOutCommand(GRANT, given(), work);
    expect(await refused.catch((error: unknown) => error)).to.be.instanceOf(EventStoreUnavailableError);
    expect(isDone).to.equal(false);
  });

  it('is done though its end cannot be recorded, which is told', async () => {
    const told: unknown[] = [];
    const transact: Transact = (context, plan, queue) =>
      told.length === 0 && context.causationId !== context.commandId && wasStarted
        ? Promise.reject(new EventStoreUnavailableError('away'))
        : scene.transact(context, plan, queue);
    let wasStarted = false;
    const audit = scene.auditWith({ transact, onUnrecorded: (...all) => told.push(all) });
    const work = async () => {
      wasStarted = true;
      return 'done';
    };
    expect(await audit.carryOutCommand(GRANT, given(), work)).to.equal('done');
    expect(told).to.have.length(1);
    expect((told[0] as unknown[])[1]).to.equal('complete');
  });

  it('says who used the tool where something is shown, too', async () => {
    const shows = async () => ({ answer: 'shown', results: 1 });
    await scene.audit.auditGate.answered({ ...VERSIONS, name: 'chatapp log show' }, given(), shows);
    expect((await scene.logged('AuditAnswered'))[0]).to.deep.include({ auditorId: null, operator });
    const auditor = await scene.auditor('eva');
    await scene.audit.auditGate.answered(VERSIONS, scene.contextOf(auditor), shows);
    expect((await scene.logged('AuditAnswered'))[1]).not.to.have.property('operator');
  });

  it('is sealed, as the reason is: the name of an account may be that of a person', async () => {
    await scene.audit.carryOutCommand(GRANT, given(), async () => undefined);
    const stored: string[] = [];
    for await (const { type, data } of scene.store.raw.readAll())
      if (type === 'ToolCommandStarted') stored.push(data.toString());
    expect(stored).to.have.length(1);
    expect(stored[0]).to.include(AUDIT_TRAIL).and.not.to.include('chat-1').and.not.to.include('bob');
  });
});
