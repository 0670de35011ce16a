import { expect } from 'chai';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { addMembers } from '../../../src/application/conversations/add-members.js';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import type { Role } from '../../../src/domain/conversations/events.js';
import type { ConversationId, UserId } from '../../../src/domain/kernel/ids.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('A group', () => {
  let world: World;
  let [ada, bob, cleo, eve]: UserId[] = [];
  let group: ConversationId;

  const start = (by: UserId, memberIds: readonly UserId[]) =>
    startGroup(
      world.transact,
      world.identifiers,
      world.relations,
    )({ title: 'Engines', memberIds }, world.contextOf(by));
  const add = (by: UserId, ...userIds: UserId[]) =>
    addMembers(world.transact, world.relations)({ conversationId: group, userIds }, world.contextOf(by));
  const remove = (by: UserId, userId: UserId) =>
    conversationChange(world.transact, 'RemoveMember')({ conversationId: group, userId }, world.contextOf(by));
  const rename = (by: UserId, title: string) =>
    conversationChange(world.transact, 'RenameConversation')({ conversationId: group, title }, world.contextOf(by));
  const giveRole = (by: UserId, userId: UserId, role: Role) =>
    conversationChange(world.transact, 'ChangeMemberRole')(
      { conversationId: group, userId, role },
      world.contextOf(by),
    );
  /** Answers whether a user is a member by the log, as later attempts of a command see it. */
  const isMember = (user: UserId) =>
    world.access.requireMember(group, user, 1).then(
      () => true,
      () => false,
    );

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob, cleo, eve] = await Promise.all(['ada', 'bob', 'cleo', 'eve'].map(world.user));
    ({ conversationId: group } = await start(ada!, [bob!]));
  });

  it('is owned by who starts it, and lists everybody once', async () => {
    const { conversationId } = await start(ada!, [bob!, cleo!, bob!, ada!]);
    const [event] = await world.streamEvents(`conversation-${conversationId}`);
    expect(event?.data).to.deep.include({
      members: [
        { userId: ada, role: 'owner' },
        { userId: bob, role: 'member' },
        { userId: cleo, role: 'member' },
      ],
    });
  });

  it('takes nobody who does not exist', async () => {
    const nobody = world.identifiers.newUserId();
    const head = await world.store.head();
    expect(await refusalOf(start(ada!, [bob!, nobody]))).to.equal('unknown_member');
    expect(await refusalOf(add(ada!, cleo!, nobody))).to.equal('unknown_member');
    expect(await world.store.head()).to.equal(head);
  });

  it('does not exist for others', async () => {
    const attempts = [add(eve!, eve!), remove(eve!, bob!), remove(eve!, eve!), rename(eve!, 'Mine')];
    for (const attempt of attempts) expect(await refusalOf(attempt)).to.equal('conversation_not_found');
    expect(await refusalOf(giveRole(eve!, eve!, 'owner'))).to.equal('conversation_not_found');
    expect(await isMember(eve!)).to.equal(false);
  });

  it('is governed by owners and admins, not by plain members', async () => {
    for (const attempt of [add(bob!, cleo!), rename(bob!, 'Looms'), remove(bob!, ada!), giveRole(bob!, bob!, 'owner')])
      expect(await refusalOf(attempt)).to.equal('forbidden');
    await giveRole(ada!, bob!, 'admin');
    await add(bob!, cleo!);
    await rename(bob!, 'Looms');
    await remove(bob!, cleo!);
    expect(await refusalOf(giveRole(bob!, bob!, 'owner'))).to.equal('forbidden');
    expect(await refusalOf(remove(bob!, ada!))).to.equal('forbidden');
    expect(await isMember(cleo!)).to.equal(false);
  });

  it('adds those who are missing, and stays as it is otherwise', async () => {
    await add(ada!, bob!, cleo!, cleo!);
    await add(ada!, bob!, cleo!);
    expect(await world.logged('MemberAdded')).to.have.length(1);
    expect(await isMember(cleo!)).to.equal(true);
  });

  it('knows no change of somebody who is no member', async () => {
    expect(await refusalOf(remove(ada!, eve!))).to.equal('not_a_member');
    expect(await refusalOf(giveRole(ada!, eve!, 'admin'))).to.equal('not_a_member');
  });

  it('is left by its members, and by its last owner after another owns it', async () => {
    expect(await refusalOf(remove(ada!, ada!))).to.equal('last_owner');
    expect(await refusalOf(giveRole(ada!, ada!, 'member'))).to.equal('last_owner');
    await giveRole(ada!, bob!, 'owner');
    await remove(ada!, ada!);
    expect(await isMember(ada!)).to.equal(false);
    expect(await refusalOf(rename(ada!, 'Mine'))).to.equal('conversation_not_found');
  });

  it('keeps an owner when both leave at once', async () => {
    await giveRole(ada!, bob!, 'owner');
    await add(ada!, cleo!);
    const told = await Promise.all([refusalOf(remove(ada!, ada!)), refusalOf(remove(bob!, bob!))]);
    expect(told.filter((code) => code === undefined)).to.have.length(1);
    expect(told.filter((code) => code === 'last_owner')).to.have.length(1);
  });

  it('adds a user once for ten who do so at once', async () => {
    await race(10, () => add(ada!, cleo!));
    expect(await world.logged('MemberAdded')).to.have.length(1);
  });
});
