import { expect } from 'chai';
import {
  noticesOf,
  ORDERED_TYPES,
  UNORDERED_TYPES,
  userNoticesOf,
} from '../../../src/application/push/pushed-events.js';
import { eventTypes, fact } from '../../support/events.js';
import { ada, at, bob, cleo, conversationNumber, positionOf } from '../../support/ids.js';
import { recorded } from '../../support/projections.js';

const conversationId = conversationNumber(1);

/** Answers what is pushed for an event at position 5. */
const told = (event: ReturnType<typeof fact>, notices = noticesOf) =>
  notices({ events: recorded([event], 4), after: positionOf(3) })[0];

describe('What is pushed of an event', () => {
  const change = { kind: 'conversation', position: '5', conversationId, joining: [], roles: [], leaving: [] };

  it('is a message, and reading, as they are', () => {
    const [sent, read] = [fact('MessageSent'), fact('MessageRead')];
    expect(told(sent)).to.deep.equal({ kind: 'message.sent', position: '5', sent: sent.data });
    expect(told(read)).to.deep.equal({ kind: 'message.read', position: '5', read: read.data });
  });

  it('is which message was changed, and how', () => {
    const changed = {
      kind: 'message.changed',
      position: '5',
      conversationId,
      messageId: fact('MessageSent').data.messageId,
    };
    expect(told(fact('MessageEdited'))).to.deep.equal({ ...changed, change: 'edited' });
    expect(told(fact('MessageDeleted'))).to.deep.equal({ ...changed, change: 'deleted' });
  });

  it('is what was pinned or taken down, and by whom', () => {
    const about = { kind: 'pin', position: '5', conversationId, messageId: fact('MessageSent').data.messageId };
    expect(told(fact('MessagePinned'))).to.deep.equal({ ...about, isPinned: true, userId: bob, at: at(95) });
    expect(told(fact('MessageUnpinned'))).to.deep.equal({ ...about, isPinned: false, userId: ada, at: at(96) });
  });

  it('is how a member keeps a conversation', () => {
    const preferences = { muted: true, archived: false, pinned: false };
    expect(told(fact('PreferencesChanged'))).to.deep.equal({
      ...{ kind: 'preferences', position: '5', conversationId, userId: bob, preferences },
    });
  });

  for (const type of ['ProfileChanged', 'UserErased'] as const)
    it(`is who looks different: ${type}`, () =>
      expect(told(fact(type, { userId: bob }), userNoticesOf)).to.deep.equal({ kind: 'user', userId: bob }));

  it('is who was erased, and where the events before it ended', () => {
    const events = recorded([fact('MessageSent'), fact('UserErased'), fact('UserErased', { userId: bob })], 4);
    expect(noticesOf({ events, after: positionOf(3) }).slice(1)).to.deep.equal([
      { kind: 'erasure', userId: ada, position: '6', since: '5' },
      { kind: 'erasure', userId: bob, position: '7', since: '6' },
    ]);
    const [first] = noticesOf({ events: events.slice(1), after: positionOf(3) });
    expect(first).to.deep.include({ position: '6', since: '3' });
  });

  for (const readReceipts of [true, false])
    it(`is whether somebody shows what they read: ${readReceipts}`, () =>
      expect(told(fact('SettingsChanged', { readReceipts }))).to.deep.equal({
        kind: 'receipts',
        userId: ada,
        shown: readReceipts,
      }));

  it('is that all of its members join a conversation that is started', () => {
    const members = [
      { userId: ada, role: 'owner' as const },
      { userId: bob, role: 'member' as const },
    ];
    expect(told(fact('ConversationStarted', { members, startedAt: at(3) }))).to.deep.equal({
      ...change,
      change: 'started',
      joining: members.map((member) => ({ ...member, joinedAt: at(3) })),
    });
  });

  it('is that a conversation has another title', () =>
    expect(told(fact('ConversationRenamed'))).to.deep.equal({ ...change, change: 'renamed' }));

  it('is who joins, who leaves, and who has another role', () => {
    expect(told(fact('MemberAdded', { userId: cleo, role: 'admin', addedAt: at(4) }))).to.deep.equal({
      ...change,
      change: 'member_added',
      joining: [{ userId: cleo, role: 'admin', joinedAt: at(4) }],
    });
    expect(told(fact('MemberRemoved', { userId: cleo }))).to.deep.equal({
      ...change,
      change: 'member_removed',
      leaving: [{ userId: cleo, position: '5' }],
    });
    expect(told(fact('MemberRoleChanged', { userId: cleo, role: 'admin' }))).to.deep.equal({
      ...change,
      change: 'role_changed',
      roles: [{ userId: cleo, role: 'admin' }],
    });
  });

  it('is nothing of all other events, which are not asked for', () => {
    const pushed = eventTypes.filter((type) => told(fact(type)) !== undefined);
    expect(pushed).to.have.members([...new Set([...ORDERED_TYPES, ...UNORDERED_TYPES])]);
  });
});
