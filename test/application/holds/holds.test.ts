import { expect } from 'chai';
import { refusalOf } from '../kernel/refusal.js';
import { createHoldScene } from './hold-scene.js';

type Scene = Awaited<ReturnType<typeof createHoldScene>>;

describe('A hold on a user', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await createHoldScene();
  });

  it('refuses that they are erased, on each server, until the last matter is done', async () => {
    const { servers, eva, ada } = scene;
    const [one, other] = servers;
    await one.hold(ada, eva, 'a');
    await other.hold(ada, eva, 'b');
    for (const server of servers) expect(await refusalOf(server.erase(ada))).to.equal('legal_hold');
    await other.lift(ada, eva, 'a');
    expect(await refusalOf(one.erase(ada))).to.equal('legal_hold');
    await other.lift(ada, eva, 'b');
    expect(await refusalOf(one.erase(ada))).to.equal(undefined);
  });

  it('keeps nobody else', async () => {
    const { servers, eva, ada, world } = scene;
    const bob = await world.user('bob');
    await servers[0].hold(ada, eva);
    expect(await refusalOf(servers[0].erase(bob))).to.equal(undefined);
  });

  it('comes too late for one who was erased, and is for nobody who never was', async () => {
    const { servers, eva, ada, world } = scene;
    await servers[1].erase(ada);
    expect(await refusalOf(servers[0].hold(ada, eva))).to.equal('user_not_found');
    const nobody = world.identifiers.newUserId();
    expect(await refusalOf(servers[0].hold(nobody, eva))).to.equal('user_not_found');
  });

  it('takes an auditor', async () => {
    const { servers, eva, ada } = scene;
    expect(await refusalOf(servers[0].hold(eva, ada))).to.equal('forbidden');
    await servers[0].hold(ada, eva);
    expect(await refusalOf(servers[0].lift(ada, ada))).to.equal('forbidden');
    expect(await refusalOf(servers[0].erase(ada))).to.equal('legal_hold');
  });

  it('can be one on the auditor who places it, who cannot lift it', async () => {
    const { servers, eva } = scene;
    await servers[0].hold(eva, eva);
    expect(await refusalOf(servers[0].lift(eva, eva))).to.equal('own_hold');
    expect(await refusalOf(servers[0].lift(eva, null))).to.equal(undefined);
  });

  it('is listed page by page, whatever comes and goes meanwhile', async () => {
    const { servers, eva, ada, world } = scene;
    const users = [ada, await world.user('bob'), await world.user('cleo')];
    for (const userId of users) for (const matter of ['a', 'b']) await servers[0].hold(userId, eva, matter);
    const first = await servers[1].listHolds(undefined, 3);
    await servers[0].lift(users.toSorted()[0]!, eva, 'a');
    const rest = await servers[1].listHolds(first.nextCursor ?? '', 3);
    const listed = [...first.holds, ...rest.holds].map(({ userId, matter }) => `${userId} ${matter}`);
    expect(listed).to.deep.equal(users.toSorted().flatMap((userId) => [`${userId} a`, `${userId} b`]));
    expect(rest.nextCursor).to.equal(null);
    expect(first.holds[0]).to.include({ placedBy: eva, conversationId: null, reason: 'Complaint 2026-17' });
  });
});
