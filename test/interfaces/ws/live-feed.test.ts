import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { EventBatch, UndecodableEvent } from '../../../src/application/ports/event-store.js';
import { PUSHED_TYPES } from '../../../src/application/push/notice.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { batchOf, LiveFeedScene } from '../../support/live-feed-scene.js';
import { recorded } from '../../support/projections.js';

const sent = fact('MessageSent');

describe('the live feed', () => {
  let scene: LiveFeedScene;

  beforeEach(() => {
    scene = new LiveFeedScene();
  });
  afterEach(() => scene.end());

  it('starts where the log ends, once the messages are as far as that, and follows the events that are told', async () => {
    scene.log.put(batchOf(0, [sent, sent]));
    const starting = scene.start();
    await nextTurn();
    expect(scene.log.subscriptions).to.deep.equal([]);
    expect(scene.progress.asked).to.deep.equal([['messages', '2']]);
    await scene.reach(2, 'messages');
    await starting;
    expect(scene.feed.position).to.equal('2');
    expect(scene.log.subscriptions).to.deep.equal([{ after: '2', filter: { types: PUSHED_TYPES } }]);
    expect(scene.begun).to.deep.equal([]);
  });

  it('hands a batch on once the messages are as far as its last event, and its position only afterwards', async () => {
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

  for (const type of ['ProfileChanged', 'SettingsChanged', 'UserErased'] as const)
    it(`hands ${type} on once the people are as far, and asks nothing of the messages`, async () => {
      await scene.follow();
      await scene.put(batchOf(0, [fact(type), fact(type)], 3));
      expect(scene.begun).to.deep.equal([]);
      await scene.reach(2, 'users');
      expect(scene.begun).to.have.length(1);
      expect(scene.progress.asked.every(([projection]) => projection === 'users')).to.equal(true);
      expect(scene.progress.asked.at(-1)).to.deep.equal(['users', '2']);
    });

  it('waits for messages and people where a batch has both, each up to its own last event', async () => {
    await scene.follow();
    await scene.put(batchOf(0, [fact('ProfileChanged'), sent, fact('ProfileChanged'), sent]));
    await scene.reach(4, 'messages');
    expect(scene.begun).to.deep.equal([]);
    await scene.reach(3, 'users');
    expect(scene.begun).to.have.length(1);
  });

  it('hands batches on one after another, in their order', async () => {
    await scene.follow();
    await scene.reach(9, 'messages', 'users');
    await scene.put(batchOf(0, [sent]), batchOf(1, [sent]));
    expect(scene.begun).to.have.length(1);
    await scene.delivered();
    expect(scene.feed.position).to.equal('1');
    expect(scene.begun.map(({ position }) => position)).to.deep.equal(['1', '2']);
  });

  it('comes on over what is not told, and waits for no projection', async () => {
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

  it('tries a delivery again that failed, with the same batch, and tells of it; nothing overtakes it', async () => {
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

  it('goes on behind the last batch that was handed on when its subscription fails', async () => {
    await scene.follow();
    await scene.reach(9, 'messages');
    await scene.put(batchOf(0, [sent]));
    await scene.delivered();
    scene.log.fail(new Error('the line broke'));
    while (scene.log.subscriptions.length < 2) await nextTurn();
    expect(scene.failures).to.deep.equal(['live feed: the line broke']);
    expect(scene.log.subscriptions.map(({ after }) => after)).to.deep.equal([LOG_START, '1']);
    await scene.put(batchOf(1, [sent]));
    await scene.delivered();
    expect(scene.begun.map(({ position }) => position)).to.deep.equal(['1', '2']);
    expect(scene.feed.position).to.equal('2');
  });

  // A client that pinged while the node ended was told that it had been served what nobody was told, and resumed behind it.
  it('does not count as handed on what it has not delivered when it ends', async () => {
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

  // No program of this version can say what it holds; the store reports it, and the projections park it.
  it('passes by an event that cannot be decoded, and tells all others of its batch', async () => {
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
