import { nameMember, type NamedMember } from '../../application/conversations/conversation-answer.js';
import type { ChangedConversation, MemberView } from '../../application/ports/conversation-views.js';
import type { PublicProfile } from '../../application/ports/user-directory.js';
import { joinedConversation } from '../../application/push/joined-conversation.js';
import type { ConversationNotice } from '../../application/push/notice.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { conversationFrames } from './frames/conversation-frames.js';

type Profiles = ReadonlyMap<UserId, PublicProfile>;

const headOf = ({ change, position }: ConversationNotice) => ({ type: conversationFrames[change].type, position });

const named = (members: readonly MemberView[], profiles: Profiles): NamedMember[] =>
  members.map((member) => nameMember(profiles, member));

/** Answers what changed, by kind of change. A new title is in the conversation itself. */
const detailsOf = ({ change, joining, roles, leaving }: ConversationNotice, profiles: Profiles): object => {
  switch (change) {
    case 'started':
    case 'renamed':
      return {};
    case 'member_added':
      return { members: named(joining, profiles) };
    case 'member_removed':
      return { userIds: leaving.map(({ userId }) => userId) };
    case 'role_changed':
      return { members: roles };
  }
};

/** Makes the frame for all who were members before, and still are: what changed, and nothing that differs among them. */
export const changedFrame = (notice: ConversationNotice, changed: ChangedConversation, profiles: Profiles): object => {
  const { conversationId, kind, title, memberCount, position, members, areMembersShifted } = changed;
  const shown = areMembersShifted ? { members: named(members, profiles) } : {};
  return {
    ...headOf(notice),
    ...detailsOf(notice, profiles),
    conversation: { conversationId, kind, title, memberCount, ...shown, position },
  };
};

/** Makes the frame for all who join: the conversation as each of them finds it. One who comes back keeps it as before. */
export const joinedFrame = (
  notice: ConversationNotice,
  changed: ChangedConversation,
  profiles: Profiles,
  returning?: UserId,
): object => {
  const joined = joinedConversation(changed);
  const preferences = (returning && changed.preferences.get(returning)) ?? joined.preferences;
  const conversation = { ...joined, preferences };
  return {
    ...headOf(notice),
    ...detailsOf(notice, profiles),
    conversation: { ...conversation, members: named(conversation.members, profiles) },
  };
};

/** Makes the frame for all who leave. It says that they left, and no more. */
export const leftFrame = (notice: ConversationNotice): object => ({
  ...headOf(notice),
  conversation: { conversationId: notice.conversationId },
});
