import { expect } from 'chai';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { addMembers } from '../../../src/application/conversations/add-members.js';
import {
  startDirectConversation,
  type StartDirectConversation,
} from '../../../src/application/conversations/start-direct-conversation.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('startDirectConversation', () => {
  let world: World;
  let start: StartDirectConversation;
  let [ada, bob, cleo]: UserId[] = [];

  beforeEach(async () => {
    world = await createWorld();
    start = startDirectConversation(world.transact, world.identifiers, world.relations);
    [ada, bob, cleo] = await Promise.all(['ada', 'bob', 'cleo'].map(world.user));
  });

  const starting = (by: UserId, userId: UserId) => start({ userId }, world.contextOf(by));

  it('is found by either of the pair, once it is there', async () => {
    const first = await starting(ada!, bob!);
    const again = await starting(bob!, ada!);
    expect(first.created).to.equal(true);
    expect(again).to.deep.equal({ conversationId: first.conversationId, created: false, position: first.position });
    expect((await starting(ada!, cleo!)).conversationId).to.not.equal(first.conversationId);
  });

  it('is started once by ten of both sides at once', async () => {
    const told = await race(10, (n) => (n % 2 ? starting(ada!, bob!) : starting(bob!, ada!)));
    expect(told.filter(({ created }) => created)).to.have.length(1);
    expect(await world.logged('ConversationStarted')).to.have.length(1);
  });

  it('takes another user, who exists', async () => {
    expect(await refusalOf(starting(ada!, ada!))).to.equal('cannot_message_self');
    expect(await refusalOf(starting(ada!, world.identifiers.newUserId()))).to.equal('user_not_found');
    expect(await world.logged('ConversationStarted')).to.have.length(0);
  });

  it('stays a conversation of two', async () => {
    const { conversationId } = await starting(ada!, bob!);
    const add = addMembers(world.transact, world.relations);
    const remove = conversationChange(world.transact, 'RemoveMember');
    expect(await refusalOf(add({ conversationId, userIds: [cleo!] }, world.contextOf(ada!)))).to.equal('not_a_group');
    expect(await refusalOf(remove({ conversationId, userId: bob! }, world.contextOf(ada!)))).to.equal('not_a_group');
  });
});
