import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { EventBatch, UndecodableEvent } from '../../../src/application/ports/event-store.js';
import { ORDERED_TYPES, UNORDERED_TYPES } from '../../../src/application/push/pushed-events.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { eventually } from '../../support/eventually.js';
import { fact } from '../../support/events.js';
import { ada, positionOf } from '../../support/ids.js';
import { batchOf, LiveFeedScene } from '../../support/live-feed-scene.js';
import { recorded } from '../../support/projections.js';

const sent = fact('MessageSent');

describe('the live feed', () => {
  let scene: LiveFeedScene;

  beforeEach(() => {
    scene = new LiveFeedScene();
  });
  afterEach(() => scene.end());

  const typesBegun = () => scene.begun.map(({ events }) => events.map(({ type }) => type));

  // The feed waited for the messages to be as far: when they had stopped, a server could neither open nor end in order.
  it('starts where the log ends, however far the messages are, and follows the events that are pushed', async () => {
    scene.log.put(batchOf(0, [sent, sent]));
    await scene.start();
    expect(scene.progress.asked).to.deep.equal([]);
    expect(scene.feed.position).to.equal('2');
    expect(scene.log.subscriptions).to.deep.equal([
      { after: '2', filter: { types: ORDERED_TYPES } },
      { after: '2', filter: { types: UNORDERED_TYPES } },
    ]);
    expect(scene.begun).to.deep.equal([]);
  });

  it('lets nobody join before the messages are as far as the log was at its start', async () => {
    scene.log.put(batchOf(0, [sent, sent]));
    await scene.start();
    await scene.reach(2, 'users');
    const joining = await scene.join(ada);
    expect([joining.at, scene.lookedUp]).to.deep.equal([undefined, []]);
    await scene.reach(2, 'messages');
    await scene.found(ada);
    expect(joining.at).to.equal('2');
  });

  // A delivery failed as PostgreSQL crashed, and was tried again on a read model whose last changes were taken back: it
  // pushed nothing, and counted as done.
  it('waits for the read models again before it tries a delivery that failed', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [sent]));
    await scene.reach(1, 'messages');
    scene.progress.reach(positionOf(0), 'messages');
    scene.delivery.fail();
    await eventually(
      async () => scene.progress.asked.length,
      (count) => count === 2,
    );
    expect([scene.begun.length, scene.feed.position]).to.deep.equal([1, LOG_START]);
    await scene.reach(1, 'messages');
    expect(scene.begun).to.have.length(2);
    await scene.delivered();
    expect(scene.feed.position).to.equal('1');
  });

  it('delivers a batch once the messages are as far as its last event, and its position only afterwards', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [sent, sent], 3));
    expect(scene.progress.asked).to.deep.equal([['messages', '2']]);
    await scene.reach(1, 'messages');
    expect(scene.begun).to.deep.equal([]);
    await scene.reach(2, 'messages');
    expect(scene.begun).to.have.length(1);
    expect(scene.feed.position).to.equal(LOG_START);
    await scene.delivered();
    expect(scene.feed.position).to.equal('5');
  });

  it('delivers an erasure in the order, and keeps who was erased before it delivers what stands behind it', async () => {
    const erasure = fact('UserErased');
    await scene.follow();
    scene.framesLead = true;
    await scene.put(batchOf(0, [erasure, sent]));
    expect(typesBegun()).to.deep.equal([['UserErased', 'MessageSent']]);
    expect(scene.hub.erased.has(erasure.data.userId)).to.equal(true);
    expect(scene.hub.erased.has(sent.data.senderId)).to.equal(erasure.data.userId === sent.data.senderId);
  });

  it('delivers at once what may leave before the messages are as far', async () => {
    await scene.follow();
    scene.framesLead = true;
    await scene.put(batchOf(0, [sent]));
    expect([scene.begun.length, scene.progress.asked]).to.deep.equal([1, []]);
    await scene.delivered();
    expect(scene.feed.position).to.equal('1');
  });

  it('lets users wait for their read model, whatever may leave before', async () => {
    await scene.follow();
    scene.framesLead = true;
    await scene.put(batchOf(0, [fact('ProfileChanged')]));
    expect(scene.progress.asked).to.deep.equal([['users', '1']]);
    expect(typesBegun().flat()).to.deep.equal([]);
  });

  it('reports when a batch is in the read model, and when it is written; for one that pushes nothing, neither', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [], 1), batchOf(1, [sent]));
    expect(scene.stages).to.deep.equal([]);
    await scene.reach(2, 'messages');
    expect(scene.stages).to.deep.equal(['projected']);
    await scene.delivered();
    await nextTurn(); // the sockets write in this turn
    expect(scene.stages).to.deep.equal(['projected', 'written']);
  });

  for (const type of ['ProfileChanged', 'UserErased'] as const)
    it(`delivers ${type} once the users are as far, wherever the messages are`, async () => {
      await scene.follow();
      await scene.put(batchOf(0, [fact(type), fact(type)], 3));
      expect(scene.begun).to.deep.equal([]);
      await scene.reach(2, 'users');
      expect(typesBegun()).to.deep.equal([[type, type]]);
      expect(scene.progress.asked[0]).to.deep.equal(['users', '2']);
    });

  it('delivers an erasure once more, in the order, once the messages are as far', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [fact('UserErased')]));
    await scene.reach(1, 'messages');
    expect(typesBegun()).to.deep.equal([['UserErased']]);
    await scene.delivered();
    expect(scene.feed.position).to.equal('1');
    await scene.reach(1, 'users');
    expect(typesBegun()).to.deep.equal([['UserErased'], ['UserErased']]);
  });

  it('delivers settings at once, as all that is to be known stands in the event', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [fact('SettingsChanged')]));
    expect([typesBegun(), scene.progress.asked]).to.deep.equal([[['SettingsChanged']], []]);
  });

  // A batch with a changed profile waited for the projection of users, and so did all messages behind it. When that
  // projection had stopped, no message went out on any node until it was rebuilt.
  it('delivers messages while the users stay behind, and the users in order once they come on', async () => {
    await scene.follow();
    await scene.reach(9, 'messages');
    await scene.put(batchOf(0, [fact('ProfileChanged'), sent, fact('SettingsChanged'), sent]));
    await scene.put(batchOf(4, [sent, fact('UserErased')]));
    await scene.delivered();
    await scene.delivered();
    expect(typesBegun()).to.deep.equal([
      ['MessageSent', 'SettingsChanged', 'MessageSent'],
      ['MessageSent', 'UserErased'],
    ]);
    expect(scene.feed.position).to.equal('6');
    scene.progress.timeOut();
    await nextTurn();
    await scene.reach(6, 'users');
    await scene.delivered();
    await scene.delivered();
    expect(typesBegun().slice(2)).to.deep.equal([['ProfileChanged'], ['UserErased']]);
    expect(scene.stalled).to.deep.equal([['users', '1']]);
  });

  it('delivers batches one after another, in their order', async () => {
    await scene.follow();
    await scene.reach(9, 'messages', 'users');
    await scene.put(batchOf(0, [sent]), batchOf(1, [sent]));
    expect(scene.begun).to.have.length(1);
    await scene.delivered();
    expect(scene.feed.position).to.equal('1');
    expect(scene.begun.map(({ position }) => position)).to.deep.equal(['1', '2']);
  });

  it('passes over what is not pushed, and waits for no projection', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [], 4));
    expect(scene.feed.position).to.equal('4');
    expect([scene.begun, scene.progress.asked]).to.deep.equal([[], []]);
  });

  it('says that a projection does not come on, each time it has waited for long, and goes on waiting', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [sent]));
    for (const times of [1, 2]) {
      scene.progress.timeOut();
      await nextTurn();
      expect(scene.stalled).to.deep.equal(Array(times).fill(['messages', '1']));
      expect(scene.begun).to.deep.equal([]);
    }
    await scene.reach(1, 'messages');
    expect(scene.begun).to.have.length(1);
  });

  it('tries a delivery again that failed, with the same batch, and reports it; nothing overtakes it', async () => {
    await scene.follow();
    await scene.reach(9, 'messages');
    const [first, second] = [batchOf(0, [sent]), batchOf(1, [sent])];
    await scene.put(first, second);
    scene.delivery.fail();
    await nextTurn();
    expect(scene.failures).to.deep.equal(['the connection was lost']);
    expect(scene.feed.position).to.equal(LOG_START);
    while (scene.begun.length < 2) await nextTurn();
    await scene.delivered();
    expect(scene.begun).to.deep.equal([first, first, second]);
    expect(scene.feed.position).to.equal('1');
  });

  it('goes on behind the last batch that was delivered when its subscription fails', async () => {
    await scene.follow();
    await scene.reach(9, 'messages');
    await scene.put(batchOf(0, [sent]));
    await scene.delivered();
    scene.log.fail(new Error('the line broke'), 'MessageSent');
    while (scene.log.subscriptions.length < 3) await nextTurn();
    expect(scene.failures).to.deep.equal(['live feed: the line broke']);
    expect(scene.log.subscriptions.map(({ after }) => after)).to.deep.equal([LOG_START, LOG_START, '1']);
    await scene.put(batchOf(1, [sent]));
    await scene.delivered();
    expect(scene.begun.map(({ position }) => position)).to.deep.equal(['1', '2']);
    expect(scene.feed.position).to.equal('2');
  });

  // A client that pinged while the node ended was told that it had been served events that nobody was sent, and resumed
  // behind them.
  it('does not count as delivered what it has not delivered when it ends', async () => {
    await scene.follow();
    await scene.reach(1, 'messages');
    await scene.put(batchOf(0, [sent]), batchOf(1, [sent]));
    await scene.delivered();
    await scene.end();
    expect(scene.feed.position).to.equal('1');
    expect(scene.begun).to.have.length(1);
    expect([scene.stalled.length, scene.failures]).to.deep.equal([1, []]);
  });

  it('does not try again what failed when it ends', async () => {
    await scene.follow();
    await scene.reach(1, 'messages');
    await scene.put(batchOf(0, [sent]));
    scene.beginToEnd();
    scene.delivery.fail();
    await scene.end();
    expect(scene.begun).to.have.length(1);
    expect(scene.feed.position).to.equal(LOG_START);
  });

  // No program of this version can say what the event holds; the store reports it, and the projections park it.
  it('passes by an event that cannot be decoded, and delivers all others of its batch', async () => {
    await scene.follow();
    const spoiled = { ...recorded([sent], 1)[0], reason: 'spoiled' } as unknown as UndecodableEvent;
    const [before, , after] = recorded([sent, sent, sent]);
    const events = [before, after] as EventBatch['events'];
    await scene.reach(3, 'messages');
    await scene.put({ ...batchOf(0, [sent, sent, sent]), events, undecodable: [spoiled] });
    await scene.delivered();
    expect(scene.begun.map((batch) => batch.events)).to.deep.equal([events]);
    expect(scene.feed.position).to.equal('3');
    scene.progress.asked.length = 0;
    await scene.put({ ...batchOf(3, [], 1), undecodable: [spoiled] });
    expect(scene.feed.position).to.equal('4');
    expect(scene.progress.asked).to.deep.equal([]);
  });
});
