import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { ProjectionLaggingError } from '../../../src/application/kernel/read-your-writes.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { batchOf, LiveFeedScene } from '../../support/live-feed-scene.js';
import { ada, bob, cleo, positionOf } from '../../support/ids.js';

const sent = fact('MessageSent');

describe('a socket that joins the live feed', () => {
  let scene: LiveFeedScene;

  beforeEach(() => {
    scene = new LiveFeedScene();
  });
  afterEach(() => scene.end());

  it('lets it follow behind the batch that is being delivered, and of all of the next one', async () => {
    await scene.follow();
    await scene.reach(9, 'messages', 'users');
    await scene.put(batchOf(0, [sent]));
    const joining = await scene.join(ada);
    await scene.put(batchOf(1, [sent]));
    expect(scene.lookedUp).to.deep.equal([]);
    await scene.delivered();
    expect(scene.lookedUp).to.deep.equal([[ada]]);
    expect([joining.at, scene.begun.length, [...scene.hub.of(ada)]]).to.deep.equal([undefined, 1, []]);
    await scene.found(ada);
    expect(joining.at).to.equal('1');
    expect(scene.begun).to.have.length(2);
    expect([...scene.hub.of(ada)]).to.deep.equal([joining.connection]);
    expect(scene.audience).to.deep.equal([ada]);
  });

  it('knows who shows no reading, as it is once the users are as far as the feed', async () => {
    scene.log.put(batchOf(0, [sent]));
    await scene.follow();
    await scene.reach(0, 'users');
    const hides = await scene.join(ada);
    expect(scene.lookedUp).to.deep.equal([]);
    expect(scene.progress.asked).to.deep.equal([['users', '1']]);
    expect(hides.at).to.equal(undefined);
    scene.withoutReceipts.push(ada);
    await scene.reach(1, 'users');
    await scene.found();
    expect(hides.at).to.equal('1');
    await scene.join(bob);
    await scene.found();
    expect([ada, bob].map((userId) => scene.hub.audience.seesReceipts(userId))).to.deep.equal([false, true]);
  });

  it('knows the settings that were delivered while it waited for the users, or for its turn', async () => {
    scene.log.put(batchOf(0, [sent]));
    await scene.follow();
    await scene.reach(0, 'users');
    const hides = (userId: UserId) =>
      batchOf(userId === ada ? 1 : 2, [fact('SettingsChanged', { userId, readReceipts: false })]);
    await scene.join(ada);
    await scene.put(hides(ada));
    await scene.delivered();
    await scene.put(hides(bob));
    await scene.join(bob);
    await scene.reach(2, 'users');
    await scene.delivered();
    await scene.found();
    expect([ada, bob].map((userId) => scene.hub.audience.seesReceipts(userId))).to.deep.equal([false, false]);
  });

  it('takes neither the settings of others nor what else is delivered meanwhile for settings of its user', async () => {
    scene.log.put(batchOf(0, [sent]));
    await scene.follow();
    await scene.reach(0, 'users');
    await scene.reach(9, 'messages');
    await scene.join(ada);
    await scene.join(cleo);
    const hides = fact('SettingsChanged', { userId: ada, readReceipts: false });
    await scene.put(batchOf(1, [hides, fact('MessageRead', { userId: ada })]));
    await scene.delivered();
    await scene.reach(1, 'users');
    await scene.found();
    expect(scene.lookedUp).to.deep.equal([[ada, cleo]]);
    expect([ada, cleo].map((userId) => scene.hub.audience.seesReceipts(userId))).to.deep.equal([false, true]);
  });

  it('looks a crowd up at once, each user once, and lets each of its sockets follow', async () => {
    await scene.follow();
    await scene.reach(9, 'messages', 'users');
    await scene.put(batchOf(0, [sent]));
    const crowd = [await scene.join(ada), await scene.join(bob), await scene.join(ada)];
    await scene.delivered();
    await scene.found(ada, bob);
    expect(scene.lookedUp).to.deep.equal([[ada, bob]]);
    expect(crowd.map(({ at }) => at)).to.deep.equal(['1', '1', '1']);
    expect([scene.hub.of(ada).size, scene.hub.of(bob).size]).to.deep.equal([2, 1]);
  });

  it('looks up anew for one who comes while others are looked up', async () => {
    await scene.follow();
    const first = await scene.join(ada);
    const second = await scene.join(bob);
    await scene.found(ada);
    expect([first.at, second.at]).to.deep.equal([LOG_START, undefined]);
    await scene.found(bob);
    expect(scene.lookedUp).to.deep.equal([[ada], [bob]]);
    expect(second.at).to.equal(LOG_START);
  });

  it('leaves out one that has closed meanwhile', async () => {
    await scene.follow();
    const joining = await scene.join(ada);
    joining.connection.gone();
    await scene.found(ada);
    expect(joining.at).to.equal(LOG_START);
    expect(scene.hub.of(ada).size).to.equal(0);
    expect(scene.hub.audience.isFollowed(ada)).to.equal(false);
    expect(scene.audience).to.deep.equal([]);
  });

  it('refuses all who waited when the look-up fails, lets none of them follow, and goes on', async () => {
    await scene.follow();
    await scene.reach(9, 'messages', 'users');
    await scene.put(batchOf(0, [sent]));
    const refused = [await scene.join(ada), await scene.join(bob)];
    await scene.delivered();
    scene.memberships.fail();
    await nextTurn();
    expect(refused.map(({ error }) => error)).to.deep.equal(Array(2).fill('the connection was lost'));
    expect([scene.hub.of(ada).size, scene.hub.audience.isFollowed(ada)]).to.deep.equal([0, false]);
    const next = await scene.join(cleo);
    await scene.found(cleo);
    expect([next.at, next.error]).to.deep.equal(['1', undefined]);
    await scene.put(batchOf(1, [sent]));
    await scene.delivered();
    expect(scene.feed.position).to.equal('2');
  });

  // The feed waited for the projection of users without end, within its own turn: when that had stopped, one user who
  // joined stopped all live messages of the node.
  it('refuses those who join while the users stay behind, and delivers messages meanwhile', async () => {
    scene.log.put(batchOf(0, [sent]));
    await scene.follow();
    await scene.reach(0, 'users');
    await scene.reach(9, 'messages');
    const joining = await scene.join(ada);
    await scene.found();
    await scene.put(batchOf(1, [sent]));
    await scene.delivered();
    expect(scene.feed.position).to.equal('2');
    expect([joining.at, joining.error]).to.deep.equal([undefined, undefined]);
    scene.progress.timeOut();
    await nextTurn();
    expect(joining.error).to.equal('the projection users has not reached 1');
    expect(scene.stalled).to.deep.equal([['users', '1']]);
    expect(scene.hub.of(ada).size).to.equal(0);
  });

  it('waits no longer for what another node has served once the socket has closed', async () => {
    await scene.follow();
    scene.log.end = positionOf(1);
    const joining = await scene.join(ada, positionOf(1));
    joining.connection.gone();
    while (scene.lookedUp.length === 0) await nextTurn();
    await scene.found(ada);
    expect(joining.at).to.equal(LOG_START);
    expect(scene.hub.of(ada).size).to.equal(0);
  });

  // A frame that tells several changes stands at the first of them. When a node that was behind sent it, it stood
  // before what the client had handled, was dropped as a repeat, and took the later changes with it.
  it('waits until the feed has come as far as another node has served it', async () => {
    await scene.follow();
    await scene.reach(1, 'messages', 'users');
    scene.log.end = positionOf(1);
    const joining = await scene.join(ada, positionOf(1));
    expect(scene.lookedUp).to.deep.equal([]);
    await scene.put(batchOf(0, [sent]));
    expect(scene.lookedUp).to.deep.equal([]);
    await scene.delivered();
    while (scene.lookedUp.length === 0) await nextTurn();
    await scene.found(ada);
    expect(joining.at).to.equal('1');
  });

  // A crash of PostgreSQL took messages back that had been delivered: a user who joined meanwhile never got them.
  it('waits until the messages that were delivered are in the read model again, after a crash took them back', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [sent, fact('SettingsChanged')]));
    await scene.reach(2, 'messages', 'users');
    await scene.delivered();
    scene.progress.reach(positionOf(0), 'messages');
    const joining = await scene.join(ada);
    expect(scene.lookedUp).to.deep.equal([]);
    await scene.reach(1, 'messages');
    expect(scene.lookedUp).to.deep.equal([[ada]]);
    await scene.found(ada);
    expect(joining.at).to.equal('2');
  });

  it('is admitted once they are there again, also where they were taken back while it waited for its turn', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [fact('SettingsChanged')]));
    await scene.put(batchOf(1, [sent]));
    await scene.delivered();
    await scene.reach(2, 'messages', 'users');
    const joining = await scene.join(ada); // it waits for the current delivery
    await scene.delivered();
    expect(scene.lookedUp).to.deep.equal([[ada]]);
    await scene.found(ada);
    expect(joining.at).to.equal('2');
    await scene.put(batchOf(2, [fact('SettingsChanged')]));
    const next = await scene.join(bob);
    scene.progress.reach(positionOf(1), 'messages');
    await scene.delivered();
    expect(scene.lookedUp).to.deep.equal([[ada]]);
    await scene.reach(2, 'messages');
    expect(scene.lookedUp).to.deep.equal([[ada], [bob]]);
    await scene.found(bob);
    expect(next.at).to.equal('3');
  });

  it('is refused where they are not there in time, as is a resume', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [sent]));
    await scene.reach(1, 'messages', 'users');
    await scene.delivered();
    scene.progress.reach(positionOf(0), 'messages');
    const joining = await scene.join(ada);
    const resuming = scene.feed.requireMessages().catch((error: unknown) => error);
    await nextTurn();
    scene.progress.timeOut();
    expect(await resuming).to.be.instanceOf(ProjectionLaggingError);
    expect(joining.error).to.equal('the projection messages has not reached 1');
  });

  it('joins where the log ends when it says that it was served beyond', async () => {
    scene.log.put(batchOf(0, [sent]));
    await scene.follow();
    const joining = await scene.join(ada, positionOf(99));
    await scene.found(ada);
    expect(joining.at).to.equal('1');
  });
});
