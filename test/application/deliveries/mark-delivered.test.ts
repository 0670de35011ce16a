import { expect } from 'chai';
import { markDelivered } from '../../../src/application/deliveries/mark-delivered.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { changeSettings } from '../../../src/application/users/change-settings.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { watchedStore } from '../kernel/watched-store.js';
import { createWorld, type World } from '../kernel/world.js';

const delivered = (n: number, conversation = 1) => ({
  conversationId: conversationNumber(conversation),
  messageId: messageNumber(n),
  messagePosition: positionOf(n),
});

describe('markDelivered', () => {
  let world: World;
  let ada: UserId;
  let watched: ReturnType<typeof watchedStore>;
  beforeEach(async () => {
    world = await createWorld();
    ada = await world.user('ada');
    watched = watchedStore(world.store);
  });

  const mark = (...messages: ReturnType<typeof delivered>[]) =>
    markDelivered(
      createTransact(watched.store, world.identifiers, async () => undefined),
      world.users,
    )(messages, world.contextOf(ada));
  const recorded = () => world.logged('MessagesDelivered') as Promise<{ messageId: string; userId: string }[]>;
  const receipts = (readReceipts: boolean) => changeSettings(world.transact)({ readReceipts }, world.contextOf(ada));

  it('records what has come of all conversations in one append, and reads no stream of them', async () => {
    await mark(delivered(5), delivered(7, 2), delivered(9, 3));
    expect(watched.batches.map(({ streams }) => streams.length)).to.deep.equal([3]);
    expect(watched.readings.filter((streamId) => !streamId.startsWith('user-'))).to.deep.equal([]);
    expect((await recorded()).map(({ messageId, userId }) => [messageId, userId])).to.deep.equal(
      [5, 7, 9].map((n) => [messageNumber(n), ada]),
    );
  });

  it('gets in nobody’s way: two servers that tell it at once both succeed at the first attempt', async () => {
    await Promise.all([mark(delivered(5)), mark(delivered(6)), mark(delivered(5))]);
    expect(watched.batches).to.have.length(3);
    expect((await recorded()).map(({ messageId }) => messageId)).to.have.members(
      [5, 6, 5].map((n) => messageNumber(n)),
    );
  });

  it('records nothing of a user who shows no receipts, also where that was switched off a moment ago', async () => {
    await mark(delivered(5)); // what is known of the user is remembered now
    await receipts(false);
    await mark(delivered(6));
    expect(await recorded()).to.have.length(1);
    await receipts(true);
    await mark(delivered(7));
    expect(await recorded()).to.have.length(2);
  });
});
