import { expect } from 'chai';
import type { ChangedConversation } from '../../../src/application/ports/conversation-views.js';
import type { PublicProfile } from '../../../src/application/ports/user-directory.js';
import { messageView } from '../../../src/application/messages/message-view.js';
import type { ConversationNotice } from '../../../src/application/push/notice.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { changedFrame, joinedFrame, leftFrame } from '../../../src/interfaces/ws/change-frames.js';
import { sent } from '../../support/group-facts.js';
import { ada, at, bob, cleo, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';

const conversationId = conversationNumber(1);
const memberOf = (userId: UserId) => ({ userId, role: 'member' as const, joinedAt: at(1) });
const profileOf = (userId: UserId, username: string): [UserId, PublicProfile] => [
  userId,
  { userId, username, displayName: username.toUpperCase(), bio: null, avatarMediaId: null },
];
const profiles = new Map([profileOf(ada, 'ada'), profileOf(bob, 'bob')]);
const named = (userId: UserId, username: string) => ({
  ...memberOf(userId),
  username,
  displayName: username.toUpperCase(),
});

const shared = { conversationId, kind: 'group', title: 'Engines', memberCount: 3, position: positionOf(9) } as const;
const changed: ChangedConversation = {
  ...shared,
  members: [memberOf(ada)],
  createdAt: at(0),
  areMembersShifted: false,
  preferences: new Map(),
  removedSince: new Set(),
  lastBeforeJoining: messageView({ ...sent(1).data, seq: 4, position: positionOf(3) }),
};

const notice = (change: ConversationNotice['change'], more: Partial<ConversationNotice> = {}): ConversationNotice => ({
  kind: 'conversation',
  position: positionOf(7),
  conversationId,
  change,
  joining: [],
  roles: [],
  leaving: [],
  ...more,
});
const added = notice('member_added', { joining: [bob, cleo].map(memberOf) });
const removed = notice('member_removed', { leaving: [{ userId: bob, position: positionOf(7) }] });

describe('The frame of a change', () => {
  it('shows those who stay what changed, and what all of them see alike', () => {
    const tell = (of: ConversationNotice) => changedFrame(of, changed, profiles);
    const head = { position: '7', conversation: shared };
    expect(tell(notice('started'))).to.deep.equal({ type: 'conversation.started', ...head });
    expect(tell(notice('renamed'))).to.deep.equal({ type: 'conversation.renamed', ...head });
    expect(tell(added)).to.deep.equal({
      type: 'conversation.member_added',
      ...head,
      members: [named(bob, 'bob'), named(cleo, '')], // her registration has not been projected yet
    });
    expect(tell(removed)).to.deep.equal({ type: 'conversation.member_removed', ...head, userIds: [bob] });
    const roles = [{ userId: bob, role: 'admin' as const }];
    expect(tell(notice('role_changed', { roles }))).to.deep.equal({
      type: 'conversation.role_changed',
      ...head,
      members: roles,
    });
  });

  it('shows the members of a list where another has taken a place in it', () =>
    expect(changedFrame(removed, { ...changed, areMembersShifted: true }, profiles)).to.deep.equal({
      type: 'conversation.member_removed',
      position: '7',
      userIds: [bob],
      conversation: { ...shared, members: [named(ada, 'ada')] },
    }));

  it('shows those who join the conversation as they find it', () => {
    const { areMembersShifted: _, removedSince: __, lastBeforeJoining: lastMessage, ...plain } = changed;
    expect(joinedFrame(added, changed, profiles)).to.deep.equal({
      type: 'conversation.member_added',
      position: '7',
      members: [named(bob, 'bob'), named(cleo, '')],
      conversation: {
        ...plain,
        members: [named(ada, 'ada')],
        lastMessage,
        lastActivityAt: at(50),
        unreadCount: 0,
        mentionCount: 0,
        preferences: { muted: false, archived: false, pinned: false },
        lastReadMessageId: messageNumber(1),
      },
    });
  });

  it('shows those who leave that they did, and no more', () =>
    expect(leftFrame(removed)).to.deep.equal({
      type: 'conversation.member_removed',
      position: '7',
      conversation: { conversationId },
    }));
});
