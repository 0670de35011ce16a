import { expect } from 'chai';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import { deleteMessage } from '../../../src/application/messages/delete-message.js';
import { editMessage } from '../../../src/application/messages/edit-message.js';
import { messageAccess } from '../../../src/application/messages/message-access.js';
import { findDestination } from '../../../src/application/messages/recipients.js';
import { sendMessage } from '../../../src/application/messages/send-message.js';
import type { ConversationId, MessageId, UserId } from '../../../src/domain/kernel/ids.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('A message that was sent', () => {
  let world: World;
  let [ada, bob, eve]: UserId[] = [];
  let group: ConversationId;
  let messageId: MessageId;

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob, eve] = await Promise.all(['ada', 'bob', 'eve'].map(world.user));
    const start = startGroup(world.transact, world.identifiers, world.relations);
    const started = await start({ title: 'Engines', memberIds: [bob!] }, world.contextOf(ada!));
    group = started.conversationId;
    const destination = findDestination({ ...world, requireUsers: world.relations });
    const send = sendMessage({ ...world, findDestination: destination });
    const sent = await send({ to: { conversationId: group }, text: 'Good morning' }, world.contextOf(bob!));
    messageId = sent.messageId;
  });

  const access = () => messageAccess(world.places, world.access);
  const edit = (by: UserId, text: string, transact = world.transact, id = messageId) =>
    editMessage(transact, access(), world.resolveMentions)({ messageId: id, text }, world.contextOf(by));
  const remove = (by: UserId, transact = world.transact) =>
    deleteMessage(transact, access(), world.store)({ messageId }, world.contextOf(by));
  const removeBob = () =>
    conversationChange(world.transact, 'RemoveMember')({ conversationId: group, userId: bob! }, world.contextOf(ada!));
  const giveRole = (role: 'owner' | 'member', userId: UserId) =>
    conversationChange(world.transact, 'ChangeMemberRole')(
      { conversationId: group, userId, role },
      world.contextOf(ada!),
    );
  const types = () => world.typesIn(`message-${messageId}`);
  /** Makes a `transact` in which something happens between the decision and the append, once. */
  const interruptedBy =
    (interrupt: () => Promise<unknown>): World['transact'] =>
    (context, plan) =>
      world.transact(context, async (attempt) => {
        const planned = await plan(attempt);
        if (attempt === 0) await interrupt();
        return planned;
      });

  it('keeps every version in its stream, in the form in which texts are compared', async () => {
    await edit(bob!, 'e\u0301');
    await edit(bob!, '\u00e9');
    await edit(bob!, 'Good night');
    await remove(bob!);
    const events = await world.streamEvents(`message-${messageId}`);
    expect(events.map(({ type }) => type)).to.deep.equal([
      'MessageSent',
      'MessageEdited',
      'MessageEdited',
      'MessageDeleted',
    ]);
    expect(events[1]?.data).to.deep.include({ messageId, conversationId: group, senderId: bob, text: '\u00e9' });
    expect(events[3]?.data).to.deep.include({ messageId, conversationId: group, deletedBy: bob });
  });

  it('takes all of ten edits that come at once', async () => {
    await race(10, (n) => edit(bob!, `text ${n}`));
    expect(await types()).to.have.length(11);
  });

  it('is not there for those who are no members, nor is one that was never sent', async () => {
    for (const change of [edit(eve!, 'Mine'), remove(eve!)])
      expect(await refusalOf(change)).to.equal('message_not_found');
    const nothing = edit(bob!, 'x', world.transact, world.identifiers.newMessageId());
    expect(await refusalOf(nothing)).to.equal('message_not_found');
    expect(await types()).to.deep.equal(['MessageSent']);
  });

  it('is changed by no sender who was removed, also between the decision and the append', async () => {
    const late = edit(bob!, 'Too late', interruptedBy(removeBob));
    expect(await refusalOf(late)).to.equal('message_not_found');
    expect(await refusalOf(remove(bob!))).to.equal('message_not_found');
    expect(await types()).to.deep.equal(['MessageSent']);
  });

  it('is deleted by an owner as they are at that very revision', async () => {
    await giveRole('owner', bob!);
    const late = remove(
      ada!,
      interruptedBy(() => giveRole('member', ada!)),
    );
    expect(await refusalOf(late)).to.equal('forbidden');
    await remove(bob!);
    expect(await types()).to.deep.equal(['MessageSent', 'MessageDeleted']);
  });
});
