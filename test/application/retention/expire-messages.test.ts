import { expect } from 'chai';
import { decision } from '../../../src/application/kernel/decision.js';
import { message } from '../../../src/domain/messages/decider.js';
import type { ConversationId, MessageId } from '../../../src/domain/kernel/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { createRetentionScene, retentionOn } from './retention-scene.js';

type Scene = Awaited<ReturnType<typeof createRetentionScene>>;

describe('Messages whose time is over', () => {
  let scene: Scene;
  let talk: ConversationId;
  beforeEach(async () => {
    scene = await createRetentionScene();
    talk = await scene.talk(scene.ada, scene.bob);
  });

  const thereOf = (messages: readonly MessageId[]) => Promise.all(messages.map((each) => scene.isThere(each)));

  it('go, and the log keeps that they did, and by which rule', async () => {
    const { ada, keep, sent, retention, world } = scene;
    const [old, young] = [await sent(ada, talk, 31), await sent(ada, talk, 29)];
    await keep(30);
    expect((await retention.expire(30)).map(({ messages }) => messages)).to.deep.equal([1]);
    expect(await thereOf([old, young])).to.deep.equal([false, true]);
    const [gone] = await world.logged('MessageDeleted');
    expect(gone).to.deep.include({ messageId: old, deletedBy: null, retentionDays: 30 });
  });

  it('go once, however often it is done, by whichever server', async () => {
    const { ada, keep, sent, retention, world } = scene;
    for (let n = 0; n < 120; n += 1) await sent(ada, talk, 40);
    await keep(30);
    const other = retentionOn(world);
    await Promise.all([retention.expire(30), other.expire(30)]);
    await other.expire(30);
    expect(await world.logged('MessageDeleted')).to.have.length(120);
  });

  it('go in portions, and a round that was broken off goes on', async () => {
    const { ada, keep, sent, retention } = scene;
    for (let n = 0; n < 120; n += 1) await sent(ada, talk, 40);
    await keep(30);
    const [first] = await retention.expire(30);
    expect(first?.messages).to.equal(50);
    const later = await sent(ada, talk, 35);
    const portions = await retention.expire(30, first!.reached);
    expect(portions.map(({ messages }) => messages)).to.deep.equal([0, 1]);
    expect(await scene.isThere(later)).to.equal(false);
  });

  it('go by the rule of their conversation, where it has one', async () => {
    const { ada, bob, keep, sent, retention, world } = scene;
    const [brief, lasting] = [await scene.talk(ada, bob), await scene.talk(ada, bob)];
    const messages = [await sent(ada, talk, 20), await sent(ada, brief, 20), await sent(ada, lasting, 400)];
    await keep(30);
    await keep(7, brief);
    await keep(null, lasting);
    for (const days of [7, 30]) await retention.expire(days);
    expect(await thereOf(messages)).to.deep.equal([true, false, true]);
    const clearing = { conversationId: lasting, reason: 'Policy of 2026' };
    await retention.clearRetention(clearing, world.contextOf(scene.eva));
    await retention.expire(30);
    expect(await thereOf(messages)).to.deep.equal([true, false, false]);
  });

  it('stay while their sender is held, or somebody who is in the conversation, and go afterwards', async () => {
    const { ada, bob, eva, keep, sent, retention, servers, world } = scene;
    const cleo = await world.user('cleo');
    const elsewhere = await scene.talk(bob, cleo);
    const messages = [await sent(ada, talk, 40), await sent(bob, talk, 40), await sent(bob, elsewhere, 40)];
    await keep(30);
    await servers[0].hold(ada, eva);
    await retention.expire(30);
    expect(await thereOf(messages)).to.deep.equal([true, true, false]);
    await servers[1].lift(ada, eva);
    await retention.expire(30);
    expect(await thereOf(messages)).to.deep.equal([false, false, false]);
  });

  it('stay while their conversation is held', async () => {
    const { ada, bob, keep, sent, retention, servers, eva } = scene;
    const other = await scene.talk(ada, bob);
    const messages = [await sent(ada, talk, 40), await sent(ada, other, 40)];
    await keep(30);
    await servers[0].holdConversation(talk, eva);
    await retention.expire(30);
    expect(await thereOf(messages)).to.deep.equal([true, false]);
  });

  it('stay where the rule is another one by now', async () => {
    const { ada, keep, sent, retention } = scene;
    const old = await sent(ada, talk, 40);
    await keep(30);
    await keep(90);
    await retention.expire(30);
    expect(await scene.isThere(old)).to.equal(true);
  });

  it('go though younger ones come before them, which are looked at again', async () => {
    const { ada, keep, sent, retention } = scene;
    const [young, old] = [await sent(ada, talk, 20), await sent(ada, talk, 40)];
    await keep(30);
    const [portion] = await retention.expire(30);
    expect(await thereOf([young, old])).to.deep.equal([true, false]);
    await keep(10);
    expect((await retention.expire(10, portion!.reached)).map(({ messages }) => messages)).to.deep.equal([1]);
    expect(await scene.isThere(young)).to.equal(false);
  });

  it('go though one beside them is damaged in the log, which stays', async () => {
    const { ada, keep, sent, retention, world } = scene;
    const [damaged, whole] = [await sent(ada, talk, 40), await sent(ada, talk, 40)];
    const data = { messageId: damaged, text: 'changed', mentions: [], by: ada, at: world.now() };
    await world.transact(world.contextOf(ada), async () => ({
      decisions: [decision(message, damaged, { type: 'EditMessage', data })],
      answer: () => ({}),
    }));
    for await (const event of world.store.raw.readAll()) if (event.type === 'MessageEdited') event.data.fill('x');
    await keep(30);
    expect((await retention.expire(30)).map(({ messages }) => messages)).to.deep.equal([1]);
    expect(await scene.isThere(whole)).to.equal(false);
  });

  it('are told of by auditors alone', async () => {
    const { ada, retention, world } = scene;
    const input = { conversationId: null, days: 30, reason: 'Policy of 2026' };
    expect(await refusalOf(retention.setRetention(input, world.contextOf(ada)))).to.equal('forbidden');
    const unknown = { ...input, conversationId: world.identifiers.newConversationId() };
    expect(await refusalOf(retention.setRetention(unknown, world.contextOf(scene.eva)))).to.equal(
      'conversation_not_found',
    );
    await scene.keep(30);
    const { general, conversations } = await retention.getRetention();
    expect(general).to.include({ days: 30, setBy: scene.eva, reason: 'Policy of 2026' });
    expect(conversations).to.deep.equal([]);
  });
});
