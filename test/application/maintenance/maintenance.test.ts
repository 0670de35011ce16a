import { expect } from 'chai';
import { RebuildUnderWayError } from '../../../src/application/ports/projection-generations.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { eventually } from '../../support/eventually.js';
import { positionOf } from '../../support/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { createMaintenanceScene, REASON, type MaintenanceScene } from './maintenance-scene.js';

const REBUILT = {
  resumedAt: positionOf(7),
  comparison: {
    position: positionOf(9),
    tables: [
      {
        ...{ table: 'words', rows: 1, expected: 2, groupedBy: 'word', differentGroups: 1, checksum: '1' },
        difference: { table: 'words', key: { word: 'secret' }, problem: 'missing', columns: [] },
      },
    ],
  },
};

describe('Maintenance of a projection', () => {
  let scene: MaintenanceScene;
  let one: ReturnType<MaintenanceScene['node']>;
  let other: ReturnType<MaintenanceScene['node']>;
  let olga: UserId;
  beforeEach(async () => {
    scene = await createMaintenanceScene();
    [one, other] = [scene.node(), scene.node()];
    olga = await scene.operator('olga');
  });
  afterEach(async () => {
    for (const node of [one, other]) {
      node.stop();
      await node.useCases.maintenanceEnded();
    }
  });

  interface Wanted {
    readonly at?: typeof one;
    readonly by?: UserId;
    readonly kind?: 'verify' | 'rebuild' | 'redrive';
    readonly reason?: string | null;
  }
  const start = ({ at = one, by = olga, kind = 'rebuild', reason = REASON }: Wanted = {}, projection = 'messages') =>
    at.useCases.startMaintenance({ projection, kind, reason }, scene.contextOf(by));
  const cancel = (at = one, projection = 'messages') =>
    at.useCases.cancelMaintenance({ projection, reason: 'It is a busy evening' }, scene.contextOf(olga));
  const newest = async (at = other, projection = 'messages') =>
    (await at.useCases.getProjection(olga, projection)).maintenances[0];
  const ended = (at = other, projection = 'messages') =>
    eventually(
      () => newest(at, projection),
      (found) => found !== undefined && found.end !== null,
    );
  const types = () => scene.typesIn('maintenance-messages');

  it('is an event when it begins, and when it ends: who, why, and what has come of it', async () => {
    const { maintenanceId } = await start();
    expect(await newest()).to.deep.include({ maintenanceId, startedBy: olga, reason: REASON, end: null });
    expect(await types()).to.deep.equal(['MaintenanceStarted']);
    one.finish(REBUILT);
    expect(await ended()).to.deep.include({
      ...{ end: 'complete', problem: null },
      result: {
        ...{ kind: 'rebuild', resumedAt: positionOf(7), comparedAt: positionOf(9) },
        tables: [{ table: 'words', rows: 1, expected: 2, differentGroups: 1 }],
      },
    });
    expect(await types()).to.deep.equal(['MaintenanceStarted', 'MaintenanceEnded']);
    expect(JSON.stringify(await scene.logged('MaintenanceEnded')), 'keys may be words of users').to.not.include(
      'secret',
    );
  });

  it('is for operators, takes a reason, and a projection that is there and fit for it', async () => {
    const mallory = await scene.user('mallory');
    expect(await refusalOf(start({ by: mallory }))).to.equal('forbidden');
    expect(await refusalOf(start({ by: mallory }, 'nothing')), 'nothing is told').to.equal('forbidden');
    expect(await refusalOf(one.useCases.listProjections(mallory))).to.equal('forbidden');
    expect(await refusalOf(one.useCases.getProjection(mallory, 'messages'))).to.equal('forbidden');
    const cancelled = one.useCases.cancelMaintenance(
      { projection: 'messages', reason: REASON },
      scene.contextOf(mallory),
    );
    expect(await refusalOf(cancelled)).to.equal('forbidden');
    expect(await refusalOf(start({ reason: null }))).to.equal('audit_reason_required');
    expect(await refusalOf(start({}, 'nothing'))).to.equal('projection_not_found');
    expect(await refusalOf(start({}, 'mail'))).to.equal('projection_not_rebuildable');
    expect(await types()).to.deep.equal([]);
  });

  it('is refused while another node maintains the projection', async () => {
    await start();
    expect(await refusalOf(start({ at: other }))).to.equal('maintenance_under_way');
    await start({ at: other }, 'users');
    one.finish(REBUILT);
    await ended();
    await start({ at: other });
  });

  it('is refused where the node does as much as it can', async () => {
    await start({}, 'users');
    await start({}, 'media');
    expect(await refusalOf(start({}, 'search'))).to.equal('too_much_maintenance');
    await start({ at: other }, 'search');
  });

  it('is ended from another node, and what it has filled is thrown away', async () => {
    const { maintenanceId } = await start();
    expect(await cancel(other)).to.include({ maintenanceId });
    expect(await ended()).to.deep.include({ end: 'cancelled', cancelledBy: olga, result: null });
    expect(one.discarded).to.deep.equal(['messages']);
    expect(await types()).to.deep.equal(['MaintenanceStarted', 'MaintenanceCancelled', 'MaintenanceEnded']);
  });

  // What had begun meanwhile was ended in its place, and the answer named what had ended by itself.
  it('is not ended where it has begun behind what was to be ended', async () => {
    await start();
    let second: Promise<{ readonly maintenanceId: string }> | undefined;
    const transact: typeof scene.transact = async (context, plan, queue) => {
      if (!second) {
        one.finish(REBUILT);
        await ended();
        second = start({ kind: 'verify' });
        await second;
      }
      return scene.transact(context, plan, queue);
    };
    expect(await refusalOf(cancel(scene.node({ transact })))).to.equal('maintenance_not_found');
    const { maintenanceId } = (await second) ?? {};
    expect(await newest()).to.deep.include({ maintenanceId, kind: 'verify', end: null, cancelledBy: null });
  });

  it('throws away what was left unfinished where nothing is being done', async () => {
    const { maintenanceId } = await cancel();
    const result = { kind: 'discard', discarded: true };
    expect(await ended()).to.deep.include({ maintenanceId, kind: 'discard', end: 'complete', result });
  });

  for (const kind of ['verify', 'rebuild', 'redrive'] as const)
    it(`ends in order when the server stops: ${kind}`, async () => {
      await start({ kind });
      one.stop();
      await one.useCases.maintenanceEnded();
      expect(await newest()).to.deep.include({ kind, end: 'server_stopped', result: null });
      expect(one.discarded, 'another one goes on with it').to.deep.equal([]);
      expect(await refusalOf(start())).to.equal('too_much_maintenance');
    });

  it('is not waited for when the server stops and it does not end', async () => {
    one.operations.verify = () => new Promise(() => undefined);
    await start({ kind: 'verify' });
    one.stop();
    await one.useCases.maintenanceEnded();
    expect(await newest()).to.deep.include({ end: 'server_stopped' });
  });

  it('says why it has failed where that is known, and is logged', async () => {
    await start();
    const known = new RebuildUnderWayError('messages', 'process 12');
    one.fail(known);
    expect(await ended()).to.deep.include({ end: 'failed', problem: known.message });
    await start();
    one.fail(new Error('duplicate key: the text of somebody'));
    const problem = 'something went wrong; the log of the server has it';
    expect(await ended()).to.deep.include({ end: 'failed', problem });
    expect(one.failures.map((each) => (each as Error).message)).to.deep.equal([
      known.message,
      'duplicate key: the text of somebody',
    ]);
  });

  it('is lost where its node was killed; the next one says so, and begins', async () => {
    const { maintenanceId } = await start();
    scene.forget('messages');
    expect(await newest()).to.deep.include({ maintenanceId, end: 'lost' });
    expect(await types(), 'looking records nothing').to.deep.equal(['MaintenanceStarted']);
    await start({ at: other });
    expect(await types()).to.deep.equal(['MaintenanceStarted', 'MaintenanceEnded', 'MaintenanceStarted']);
    expect(await newest()).to.deep.include({ end: null });
  });

  it('ends where it has lost its turn', async () => {
    await start();
    scene.lose('messages');
    await eventually(types, (found) => found.length === 2);
    expect(await newest()).to.deep.include({ end: 'lost' });
  });

  it('goes on when the role is taken away, and nothing new is begun', async () => {
    await start();
    const omar = await scene.operator('omar');
    await scene.revoke(olga);
    expect(await refusalOf(start({}, 'users'))).to.equal('forbidden');
    expect(await refusalOf(cancel())).to.equal('forbidden');
    one.finish(REBUILT);
    await eventually(types, (found) => found.length === 2);
    expect((await one.useCases.getProjection(omar, 'messages')).maintenances[0]).to.deep.include({ end: 'complete' });
  });

  it('is not begun where the role is taken away at that very moment', async () => {
    const take = async (projection: string) => {
      await scene.revoke(olga);
      return scene.turns.take(projection);
    };
    const node = scene.node({ turns: { ...scene.turns, take } });
    expect(await refusalOf(start({ at: node }))).to.equal('forbidden');
    expect(await types()).to.deep.equal([]);
    expect(await scene.turns.isTaken('messages'), 'the turn is given back').to.equal(false);
  });

  it('records its end once the log takes it', async () => {
    let refused = 0;
    const node = scene.node({
      transact: (context, plan, queue) => {
        const isEnd = context.causationId !== context.commandId;
        if (isEnd && (refused += 1) <= 2) throw new Error('the log is away');
        return scene.transact(context, plan, queue);
      },
    });
    await start({ at: node });
    node.finish(REBUILT);
    expect(await ended()).to.deep.include({ end: 'complete' });
    expect(refused).to.equal(3);
  });

  it('gives its place back where it could not begin', async () => {
    const node = scene.node({ turns: { ...scene.turns, take: () => Promise.reject(new Error('away')) } });
    for (let n = 0; n < 3; n += 1) {
      const failed = await start({ at: node }).catch((error: unknown) => error);
      expect(failed).to.have.property('message', 'away');
    }
  });
});
