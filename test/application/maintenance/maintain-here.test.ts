import { expect } from 'chai';
import { RebuildUnderWayError } from '../../../src/application/ports/projection-generations.js';
import type { MaintenanceResult } from '../../../src/domain/maintenance/events.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { eventually } from '../../support/eventually.js';
import { refusalOf } from '../kernel/refusal.js';
import { createMaintenanceScene, REASON, type MaintenanceScene } from './maintenance-scene.js';

const operator = { systemUser: 'root', host: 'chat-1', authenticated: false } as const;
const RESULT: MaintenanceResult = { kind: 'redrive', applied: 2, stillParked: 0 };

describe('Maintenance of a projection by the command-line tool', () => {
  let scene: MaintenanceScene;
  let server: ReturnType<MaintenanceScene['node']>;
  let tool: ReturnType<MaintenanceScene['node']>;
  let olga: UserId;
  beforeEach(async () => {
    scene = await createMaintenanceScene();
    [server, tool] = [scene.node(), scene.node()];
    olga = await scene.operator('olga');
  });
  afterEach(async () => {
    server.stop();
    await server.useCases.maintenanceEnded();
  });

  const here = (
    work: (signal: AbortSignal) => Promise<string>,
    { reason = null as string | null, projection = 'messages', unwanted = new AbortController().signal } = {},
  ) =>
    tool.useCases.maintainHere(
      { projection, kind: 'redrive', reason },
      { ...scene.contextOf(null), operator },
      { work, resultOf: () => RESULT, unwanted },
    );
  const newest = async () => (await server.useCases.getProjection(olga, 'messages')).maintenances[0];
  const types = () => scene.typesIn('maintenance-messages');
  const start = () =>
    server.useCases.startMaintenance(
      { projection: 'messages', kind: 'rebuild', reason: REASON },
      scene.contextOf(olga),
    );

  it('is an event before it begins, and when it has ended, which operators are shown', async () => {
    const done = await here(async () => {
      expect(await newest()).to.deep.include({ startedBy: null, operator, reason: null, end: null });
      expect(await tool.useCases.maintenanceUnderWay('messages')).to.deep.include({ operator });
      return 'more than is recorded';
    });
    expect(done).to.equal('more than is recorded');
    expect(await newest()).to.deep.include({ kind: 'redrive', end: 'complete', result: RESULT });
    expect(await types()).to.deep.equal(['MaintenanceStarted', 'MaintenanceEnded']);
    expect(await tool.useCases.maintenanceUnderWay('messages')).to.equal(undefined);
    await here(async () => '', { reason: REASON });
    expect(await newest()).to.deep.include({ reason: REASON });
  });

  it('says nothing of a tool where an operator calls', async () => {
    await start();
    expect(await newest()).to.deep.include({ startedBy: olga, operator: null });
  });

  it('is refused while a server maintains the projection, and refuses it meanwhile', async () => {
    await start();
    expect(await refusalOf(here(async () => ''))).to.equal('maintenance_under_way');
    server.finish({ resumedAt: null, comparison: null });
    await eventually(newest, (found) => found?.end === 'complete');
    await here(async () => {
      expect(await refusalOf(start())).to.equal('maintenance_under_way');
      return '';
    });
  });

  it('raises what it fails with, and records why as far as that may be known', async () => {
    const known = new RebuildUnderWayError('messages', 'process 12');
    expect(await here(() => Promise.reject(known)).catch((error: unknown) => error)).to.equal(known);
    expect(await newest()).to.deep.include({ end: 'failed', problem: known.message });
    expect(tool.failures, 'it is shown, and so not logged').to.deep.equal([]);
  });

  it('ends where nobody wants it any more, and leaves what it has filled', async () => {
    const unwanted = new AbortController();
    const ended = new Error('ended in order');
    const work = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(ended));
        unwanted.abort();
      });
    expect(await here(work, { unwanted: unwanted.signal }).catch((error: unknown) => error)).to.equal(ended);
    expect(await newest()).to.deep.include({ end: 'server_stopped', result: null });
    expect(tool.discarded).to.deep.equal([]);
  });

  it('is ended by an operator', async () => {
    const running = here(
      (signal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled')))),
    );
    running.catch(() => undefined);
    await eventually(newest, (found) => found !== undefined);
    await server.useCases.cancelMaintenance({ projection: 'messages', reason: REASON }, scene.contextOf(olga));
    expect(await running.catch((error: unknown) => error)).to.have.property('message', 'cancelled');
    expect(await newest()).to.deep.include({ end: 'cancelled', cancelledBy: olga });
    expect(tool.discarded).to.deep.equal(['messages']);
  });

  it('is not begun where it cannot be recorded', async () => {
    tool = scene.node({ transact: () => Promise.reject(new Error('the log is away')) });
    let isDone = false;
    const work = async () => {
      isDone = true;
      return '';
    };
    expect(await here(work).catch((error: unknown) => error)).to.have.property('message', 'the log is away');
    expect(isDone).to.equal(false);
  });

  it('leaves it to the work to refuse a projection that there is not', async () => {
    expect(await here(async () => 'there is none', { projection: 'nothing' })).to.equal('there is none');
    expect(await scene.logged('MaintenanceStarted')).to.deep.equal([]);
  });
});
