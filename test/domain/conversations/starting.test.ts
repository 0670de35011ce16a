import { expect } from 'chai';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import { MAX_MEMBERS } from '../../../src/domain/conversations/membership.js';
import { decide } from '../../../src/domain/kernel/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, conversationNumber, userNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(conversation);
const conversationId = conversationNumber(1);

describe('StartDirectConversation', () => {
  const start = (by: UserId, other: UserId) =>
    ({ type: 'StartDirectConversation', data: { conversationId, with: other, by, at: at(0) } }) as const;
  const started = fact('ConversationStarted', {
    kind: 'direct',
    title: null,
    members: [
      { userId: ada, role: 'member' },
      { userId: bob, role: 'member' },
    ],
  });

  it('makes both members, neither above the other', () => given().when(start(ada, bob)).thenEvents(started));
  it('finds the one there is', () => given(started).when(start(ada, bob)).thenNothing());
  it('finds it for the other too', () => given(started).when(start(bob, ada)).thenNothing());
  it('is refused with oneself', () => given().when(start(ada, ada)).thenRejected('cannot_message_self'));
});

describe('StartGroup', () => {
  const start = (...memberIds: readonly UserId[]) =>
    ({ type: 'StartGroup', data: { conversationId, title: 'Engines', memberIds, by: ada, at: at(0) } }) as const;
  const crowd = (size: number) => Array.from({ length: size }, (_, index) => userNumber(1_000 + index));

  it('makes the starter its owner and the others members', () =>
    given().when(start(bob)).thenEvents(fact('ConversationStarted')));
  it('may begin with the starter alone', () =>
    given()
      .when(start())
      .thenEvents(fact('ConversationStarted', { members: [{ userId: ada, role: 'owner' }] })));
  it('takes each user once, the starter included', () =>
    given()
      .when(start(bob, ada, bob, cleo))
      .thenEvents(
        fact('ConversationStarted', {
          members: [
            { userId: ada, role: 'owner' },
            { userId: bob, role: 'member' },
            { userId: cleo, role: 'member' },
          ],
        }),
      ));
  it('changes nothing when it has started', () => given(fact('ConversationStarted')).when(start(cleo)).thenNothing());
  it('takes as many as a group may have', () => {
    const [decided] = decide(conversation, start(...crowd(MAX_MEMBERS - 1)), conversation.initial);
    expect(decided).to.have.nested.property('data.members').with.lengthOf(1_000);
  });
  it('is refused with one more', () =>
    given()
      .when(start(...crowd(MAX_MEMBERS)))
      .thenRejected('group_full'));
});
