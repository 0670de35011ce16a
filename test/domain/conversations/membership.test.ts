import type { Role } from '../../../src/domain/conversations/events.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import { MAX_MEMBERS } from '../../../src/domain/conversations/membership.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, conversationNumber, eve, userNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(conversation);
const conversationId = conversationNumber(1);

/** Makes a group of these members. */
const group = (...members: readonly (readonly [UserId, Role])[]) =>
  fact('ConversationStarted', { members: members.map(([userId, role]) => ({ userId, role })) });

/** Ada owns the group, Bob administers it, and Cleo writes in it. Eve is not in it. */
const ranked = group([ada, 'owner'], [bob, 'admin'], [cleo, 'member']);
const direct = fact('ConversationStarted', {
  kind: 'direct',
  title: null,
  members: [
    { userId: ada, role: 'member' },
    { userId: bob, role: 'member' },
  ],
});

describe('RenameConversation', () => {
  const rename = (by: UserId, title = 'Looms') =>
    ({ type: 'RenameConversation', data: { conversationId, title, by, at: at(10) } }) as const;
  const renamed = (renamedBy: UserId) => fact('ConversationRenamed', { renamedBy });

  it('is open to an owner', () => given(ranked).when(rename(ada)).thenEvents(renamed(ada)));
  it('is open to an admin', () => given(ranked).when(rename(bob)).thenEvents(renamed(bob)));
  it('changes nothing when the title is the same', () => given(ranked).when(rename(ada, 'Engines')).thenNothing());
  it('compares with the newest title', () =>
    given(ranked, renamed(ada))
      .when(rename(ada, 'Engines'))
      .thenEvents(fact('ConversationRenamed', { title: 'Engines' })));
  it('is refused to a member', () => given(ranked).when(rename(cleo)).thenRejected('forbidden'));
  it('hides the group from others', () => given(ranked).when(rename(eve)).thenRejected('conversation_not_found'));
  it('is refused in a direct conversation', () => given(direct).when(rename(ada)).thenRejected('not_a_group'));
  it('is refused where nothing has started', () => given().when(rename(ada)).thenRejected('conversation_not_found'));
});

describe('AddMembers', () => {
  const add = (by: UserId, ...userIds: readonly UserId[]) =>
    ({ type: 'AddMembers', data: { conversationId, userIds, by, at: at(20) } }) as const;
  const added = (userId: UserId, addedBy = ada) => fact('MemberAdded', { userId, addedBy });
  const crowd = (size: number) => Array.from({ length: size }, (_, index) => userNumber(1_000 + index));
  const crowded = (size: number) =>
    group([ada, 'owner'], ...crowd(size - 1).map((userId) => [userId, 'member'] as const));

  it('is open to an owner', () => given(ranked).when(add(ada, eve)).thenEvents(added(eve)));
  it('is open to an admin', () => given(ranked).when(add(bob, eve)).thenEvents(added(eve, bob)));
  it('adds several at once, each once', () =>
    given(group([ada, 'owner']))
      .when(add(ada, bob, cleo, bob))
      .thenEvents(added(bob), added(cleo)));
  it('adds only those who are not in it', () =>
    given(ranked)
      .when(add(ada, cleo, eve))
      .thenEvents(added(eve)));
  it('changes nothing when all are in it', () =>
    given(ranked)
      .when(add(ada, bob, cleo))
      .thenNothing());
  it('takes back one who was removed', () =>
    given(ranked, fact('MemberRemoved', { userId: cleo }))
      .when(add(ada, cleo))
      .thenEvents(added(cleo)));
  it('fills the group to its limit', () =>
    given(crowded(MAX_MEMBERS - 1))
      .when(add(ada, eve))
      .thenEvents(added(eve)));
  it('is refused beyond the limit', () => given(crowded(MAX_MEMBERS)).when(add(ada, eve)).thenRejected('group_full'));
  it('counts only newcomers against the limit', () =>
    given(crowded(MAX_MEMBERS))
      .when(add(ada, ...crowd(10)))
      .thenNothing());
  it('is refused to a member', () => given(ranked).when(add(cleo, eve)).thenRejected('forbidden'));
  it('hides the group from others', () => given(ranked).when(add(eve, eve)).thenRejected('conversation_not_found'));
  it('is refused in a direct conversation', () => given(direct).when(add(ada, eve)).thenRejected('not_a_group'));
});

describe('RemoveMember', () => {
  const remove = (userId: UserId, by: UserId) =>
    ({ type: 'RemoveMember', data: { conversationId, userId, by, at: at(30) } }) as const;
  const removed = (userId: UserId, removedBy: UserId) => fact('MemberRemoved', { userId, removedBy });

  const mayRemove: readonly (readonly [string, UserId, UserId])[] = [
    ['an owner remove an admin', bob, ada],
    ['an owner remove a member', cleo, ada],
    ['an admin remove a member', cleo, bob],
  ];
  for (const [what, userId, by] of mayRemove)
    it(`lets ${what}`, () =>
      given(ranked).when(remove(userId, by)).repeated('not_a_member').thenEvents(removed(userId, by)));

  for (const [who, userId] of [
    ['an admin', bob],
    ['a member', cleo],
  ] as const)
    it(`lets ${who} leave, who then knows nothing of the group`, () =>
      given(ranked)
        .when(remove(userId, userId))
        .repeated('conversation_not_found')
        .thenEvents(removed(userId, userId)));

  const twoOwners = group([ada, 'owner'], [bob, 'owner'], [cleo, 'member']);
  const twoAdmins = group([ada, 'owner'], [bob, 'admin'], [cleo, 'admin']);
  it('lets one of two owners leave', () =>
    given(twoOwners).when(remove(ada, ada)).repeated('conversation_not_found').thenEvents(removed(ada, ada)));
  it('lets one of two owners remove the other', () =>
    given(twoOwners).when(remove(bob, ada)).repeated('not_a_member').thenEvents(removed(bob, ada)));
  it('keeps the last owner from leaving the others behind', () =>
    given(ranked).when(remove(ada, ada)).thenRejected('last_owner'));
  it('lets the last owner leave once another has taken over', () =>
    given(ranked, fact('MemberRoleChanged', { userId: bob, role: 'owner' }))
      .when(remove(ada, ada))
      .repeated('conversation_not_found')
      .thenEvents(removed(ada, ada)));
  it('lets the last user leave', () =>
    given(group([ada, 'owner']))
      .when(remove(ada, ada))
      .repeated('conversation_not_found')
      .thenEvents(removed(ada, ada)));

  it('is refused to a member', () => given(ranked).when(remove(bob, cleo)).thenRejected('forbidden'));
  it('is refused to an admin against an admin', () =>
    given(twoAdmins).when(remove(cleo, bob)).thenRejected('forbidden'));
  it('is refused to an admin against an owner', () => given(ranked).when(remove(ada, bob)).thenRejected('forbidden'));
  it('is refused for one who is not in it', () => given(ranked).when(remove(eve, ada)).thenRejected('not_a_member'));
  it('hides the group from others', () => given(ranked).when(remove(cleo, eve)).thenRejected('conversation_not_found'));
  it('is refused in a direct conversation', () => given(direct).when(remove(bob, ada)).thenRejected('not_a_group'));
  it('does not let one leave a direct conversation', () =>
    given(direct).when(remove(ada, ada)).thenRejected('not_a_group'));
});

describe('ChangeMemberRole', () => {
  const change = (userId: UserId, role: Role, by = ada) =>
    ({ type: 'ChangeMemberRole', data: { conversationId, userId, role, by, at: at(40) } }) as const;
  const changed = (userId: UserId, role: Role) => fact('MemberRoleChanged', { userId, role });

  it('lets an owner raise a member', () =>
    given(ranked).when(change(cleo, 'admin')).thenEvents(changed(cleo, 'admin')));
  it('lets an owner lower an admin', () =>
    given(ranked).when(change(bob, 'member')).thenEvents(changed(bob, 'member')));
  it('lets an owner make another', () => given(ranked).when(change(bob, 'owner')).thenEvents(changed(bob, 'owner')));
  it('changes nothing for one who has the role', () => given(ranked).when(change(bob, 'admin')).thenNothing());
  it('changes nothing for the last owner who stays one', () => given(ranked).when(change(ada, 'owner')).thenNothing());
  it('keeps the last owner from stepping down', () =>
    given(ranked).when(change(ada, 'member')).thenRejected('last_owner'));
  it('lets an owner step down beside another, and be no owner then', () =>
    given(ranked, changed(bob, 'owner'))
      .when(change(ada, 'member'))
      .repeated('forbidden')
      .thenEvents(changed(ada, 'member')));
  it('is refused to an admin', () =>
    given(ranked)
      .when(change(cleo, 'admin', bob))
      .thenRejected('forbidden'));
  it('is refused to a member', () =>
    given(ranked)
      .when(change(cleo, 'owner', cleo))
      .thenRejected('forbidden'));
  it('is refused for one who is not in it', () =>
    given(ranked).when(change(eve, 'admin')).thenRejected('not_a_member'));
  it('hides the group from others', () =>
    given(ranked)
      .when(change(cleo, 'admin', eve))
      .thenRejected('conversation_not_found'));
  it('is refused in a direct conversation', () => given(direct).when(change(bob, 'owner')).thenRejected('not_a_group'));
});
