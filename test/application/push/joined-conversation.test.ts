import { expect } from 'chai';
import type { ChangedConversation } from '../../../src/application/ports/conversation-views.js';
import { joinedConversation } from '../../../src/application/push/joined-conversation.js';
import { messageView } from '../../../src/application/messages/message-view.js';
import { fact } from '../../support/events.js';
import { ada, at, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';

const shared = {
  conversationId: conversationNumber(1),
  kind: 'group',
  title: 'Engines',
  members: [{ userId: ada, role: 'owner', joinedAt: at(0) }],
  memberCount: 30,
  createdAt: at(0),
  position: positionOf(9),
} as const;
const changed: ChangedConversation = {
  ...shared,
  areMembersShifted: true,
  preferences: new Map(),
  removedSince: new Set([ada]),
  lastBeforeJoining: null,
};

describe('A conversation, to one who joins it,', () => {
  it('is read up to the last message before them', () => {
    const lastMessage = messageView({ ...fact('MessageSent').data, seq: 3, position: positionOf(7) });
    expect(joinedConversation({ ...changed, lastBeforeJoining: lastMessage })).to.deep.equal({
      ...shared,
      lastMessage,
      lastActivityAt: at(50),
      unreadCount: 0,
      mentionCount: 0,
      preferences: { muted: false, archived: false, pinned: false },
      lastReadMessageId: messageNumber(1),
    });
  });

  it('is without a message active since it was started', () =>
    expect(joinedConversation(changed)).to.deep.equal({
      ...shared,
      lastMessage: null,
      lastActivityAt: at(0),
      unreadCount: 0,
      mentionCount: 0,
      preferences: { muted: false, archived: false, pinned: false },
      lastReadMessageId: null,
    }));
});
