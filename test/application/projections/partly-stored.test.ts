import { expect } from 'chai';
import { project } from '../../../src/application/projections/projector.js';
import { messagesProjection } from '../../../src/application/projections/registry.js';
import { messagesInMemory } from '../../../src/infrastructure/read-models/memory/messages-read-model.js';
import { fact } from '../../support/events.js';
import { ada, bob, conversationNumber, messageNumber } from '../../support/ids.js';
import { recorded, type Fact } from '../../support/projections.js';

const [conversationId, messageId] = [conversationNumber(1), messageNumber(1)];
const members = [ada, bob].map((userId) => ({ userId, role: 'member' as const }));
const BEFORE = [
  fact('ConversationStarted', { conversationId, kind: 'group', title: 'Group', members, startedBy: ada }),
  fact('MessageSent', { messageId, conversationId, senderId: ada, text: 'one' }),
];

const tablesOf = (facts: readonly Fact[]) => {
  const tables = messagesInMemory.create();
  const writers = messagesInMemory.writersOf(tables);
  for (const event of recorded(facts)) project(messagesProjection, writers, event);
  return {
    tables,
    again: (event: Fact) => project(messagesProjection, writers, recorded([event], facts.length - 1)[0]!),
  };
};

// An engine without transactions had stored what an event changes of a message, and not yet what it changes of the
// conversation: the repeat took the message for all of it.
describe('An event that was stored in part', () => {
  for (const last of [
    fact('MessageEdited', { messageId, conversationId, senderId: ada, text: 'two' }),
    fact('MessageDeleted', { messageId, conversationId, deletedBy: ada }),
    fact('ReactionAdded', { messageId, conversationId, userId: bob, emoji: '👍' }),
  ])
    it(`changes the conversation where the message is changed already: ${last.type}`, () => {
      const { tables, again } = tablesOf([...BEFORE, last]);
      const whole = structuredClone(tables);
      tables.conversations.set(conversationId, tablesOf(BEFORE).tables.conversations.get(conversationId)!);
      again(last);
      expect(tables).to.deep.equal(whole);
    });

  it('takes a title away once: a later change of the conversation stays', () => {
    const erased = fact('UserErased', { userId: ada });
    const { tables, again } = tablesOf([...BEFORE, erased]);
    const later = { ...tables.conversations.get(conversationId)!, position: recorded([erased], 8)[0]!.position };
    tables.conversations.set(conversationId, later);
    tables.erased.clear();
    again(erased);
    expect(tables.conversations.get(conversationId)).to.deep.equal(later);
  });
});
