import type { Decider } from '../kernel/decider.js';
import type { Draft } from '../kernel/draft.js';
import { reject } from '../kernel/rejections.js';
import type { ConversationCommands } from './commands.js';
import type { ConversationEvents } from './events.js';
import { isLastOwner, MAX_MEMBERS, requireGroupMember, requireRole } from './membership.js';
import type { ConversationState, StartedConversation } from './state.js';

/** Changes the draft of a conversation. One that has not started stays as it is. */
const whenStarted = (
  draft: Draft<ConversationState>,
  change: (conversation: Draft<StartedConversation>) => void,
): Draft<ConversationState> => {
  if (draft.status === 'started') change(draft);
  return draft;
};

/** A conversation: its members, their roles, its title. */
export const conversation: Decider<ConversationCommands, ConversationEvents, ConversationState> = {
  category: 'conversation',
  initial: { status: 'absent' },
  decide: {
    StartDirectConversation: ({ conversationId, with: other, by, at }, state) => {
      if (other === by) reject('cannot_message_self');
      if (state.status === 'started') return [];
      const members = [by, other].map((userId) => ({ userId, role: 'member' as const }));
      const data = { conversationId, kind: 'direct' as const, title: null, members, startedBy: by, startedAt: at };
      return [{ type: 'ConversationStarted', data }];
    },
    StartGroup: ({ conversationId, title, memberIds, by, at }, state) => {
      if (state.status === 'started') return [];
      const others = [...new Set(memberIds)].filter((userId) => userId !== by);
      if (others.length + 1 > MAX_MEMBERS) reject('group_full');
      const members = [
        { userId: by, role: 'owner' as const },
        ...others.map((userId) => ({ userId, role: 'member' as const })),
      ];
      const data = { conversationId, kind: 'group' as const, title, members, startedBy: by, startedAt: at };
      return [{ type: 'ConversationStarted', data }];
    },
    RenameConversation: ({ conversationId, title, by, at }, state) =>
      requireRole(state, by, 'owner', 'admin').title === title
        ? []
        : [{ type: 'ConversationRenamed', data: { conversationId, title, renamedBy: by, renamedAt: at } }],
    AddMembers: ({ conversationId, userIds, by, at }, state) => {
      const { members } = requireRole(state, by, 'owner', 'admin');
      const joining = [...new Set(userIds)].filter((userId) => !members.has(userId));
      if (members.size + joining.length > MAX_MEMBERS) reject('group_full');
      return joining.map((userId) => ({
        type: 'MemberAdded' as const,
        data: { conversationId, userId, role: 'member' as const, addedBy: by, addedAt: at },
      }));
    },
    RemoveMember: ({ conversationId, userId, by, at }, state) => {
      const group = requireGroupMember(state, by);
      const role = group.members.get(userId) ?? reject('not_a_member');
      if (userId !== by) requireRole(state, by, 'owner', ...(role === 'member' ? (['admin'] as const) : []));
      if (isLastOwner(group, userId) && group.members.size > 1) reject('last_owner');
      return [{ type: 'MemberRemoved', data: { conversationId, userId, removedBy: by, removedAt: at } }];
    },
    ChangeMemberRole: ({ conversationId, userId, role, by, at }, state) => {
      const group = requireRole(state, by, 'owner');
      const current = group.members.get(userId) ?? reject('not_a_member');
      if (current === role) return [];
      if (isLastOwner(group, userId)) reject('last_owner');
      return [{ type: 'MemberRoleChanged', data: { conversationId, userId, role, changedBy: by, changedAt: at } }];
    },
  },
  evolve: {
    ConversationStarted: (_, { kind, title, members }) => ({
      status: 'started',
      kind,
      title,
      members: new Map(members.map(({ userId, role }) => [userId, role])),
    }),
    ConversationRenamed: (draft, { title }) => whenStarted(draft, (started) => (started.title = title)),
    MemberAdded: (draft, { userId, role }) => whenStarted(draft, ({ members }) => members.set(userId, role)),
    MemberRemoved: (draft, { userId }) => whenStarted(draft, ({ members }) => members.delete(userId)),
    MemberRoleChanged: (draft, { userId, role }) => whenStarted(draft, ({ members }) => members.set(userId, role)),
  },
};
