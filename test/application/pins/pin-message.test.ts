import { expect } from 'chai';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import { deleteMessage } from '../../../src/application/messages/delete-message.js';
import { messageAccess } from '../../../src/application/messages/message-access.js';
import { findDestination } from '../../../src/application/messages/recipients.js';
import { sendMessage } from '../../../src/application/messages/send-message.js';
import { pinMessage } from '../../../src/application/pins/pin-message.js';
import { unpinMessage } from '../../../src/application/pins/unpin-message.js';
import type { ConversationId, MessageId, UserId } from '../../../src/domain/kernel/ids.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('A message that is pinned', () => {
  let world: World;
  let [ada, bob, eve]: UserId[] = [];
  let conversationId: ConversationId;
  let messageId: MessageId;

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob, eve] = await Promise.all(['ada', 'bob', 'eve'].map(world.user));
    const start = startGroup(world.transact, world.identifiers, world.relations);
    const group = await start({ title: 'Engines', memberIds: [bob!] }, world.contextOf(ada!));
    conversationId = group.conversationId;
    messageId = await sent();
  });

  const sent = async (): Promise<MessageId> => {
    const destination = findDestination({ ...world, requireUsers: world.relations });
    const send = sendMessage({ ...world, findDestination: destination });
    return (await send({ to: { conversationId }, text: 'Look' }, world.contextOf(ada!))).messageId;
  };
  const pin = (by = bob!, transact = world.transact, id = messageId) =>
    pinMessage(transact, world.access, world.store)({ conversationId, messageId: id }, world.contextOf(by));
  const unpin = (by = bob!) =>
    unpinMessage(world.transact, world.access)({ conversationId, messageId }, world.contextOf(by));
  const remove = (transact = world.transact) =>
    deleteMessage(
      transact,
      messageAccess(world.places, world.access),
      world.store,
    )({ messageId }, world.contextOf(ada!));
  const pins = () => world.typesIn(`pins-${conversationId}`);
  /** Makes a `transact` in which something happens between the decision and the append, once. */
  const interruptedBy =
    (interrupt: () => Promise<unknown>): World['transact'] =>
    (context, plan, queue) =>
      world.transact(
        context,
        async (attempt) => {
          const planned = await plan(attempt);
          if (attempt === 0) await interrupt();
          return planned;
        },
        queue,
      );

  it('is pinned once, and taken down once, however many do so at once', async () => {
    await race(10, (n) => pin(n % 2 ? ada : bob));
    expect(await pins()).to.deep.equal(['MessagePinned']);
    await race(10, (n) => unpin(n % 2 ? ada : bob));
    expect(await pins()).to.deep.equal(['MessagePinned', 'MessageUnpinned']);
  });

  it('is pinned by members alone, and only while it is there', async () => {
    expect(await refusalOf(pin(eve))).to.equal('conversation_not_found');
    expect(await refusalOf(unpin(eve))).to.equal('conversation_not_found');
    expect(await refusalOf(pin(bob, world.transact, world.identifiers.newMessageId()))).to.equal('message_not_found');
    await remove();
    expect(await refusalOf(pin())).to.equal('message_not_found');
    expect(await pins()).to.deep.equal([]);
  });

  it('is taken down when it is deleted', async () => {
    await pin();
    await remove();
    await remove();
    expect(await pins()).to.deep.equal(['MessagePinned', 'MessageUnpinned']);
  });

  it('is not pinned where it is deleted between the decision and the append', async () => {
    expect(
      await refusalOf(
        pin(
          bob,
          interruptedBy(() => remove()),
        ),
      ),
    ).to.equal('message_not_found');
    expect(await pins()).to.deep.equal([]);
  });

  it('is taken down where it was pinned between the decision to delete it and the append', async () => {
    await remove(interruptedBy(() => pin()));
    expect(await pins()).to.deep.equal(['MessagePinned', 'MessageUnpinned']);
  });
});
