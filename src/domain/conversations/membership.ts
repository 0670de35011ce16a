import type { UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { Role } from './events.js';
import type { ConversationState, StartedConversation } from './state.js';

export const MAX_MEMBERS = 1_000;

/** Answers the conversation if the user is a member of it. To others it does not exist. */
export const requireMember = (state: ConversationState, userId: UserId): StartedConversation =>
  state.status === 'started' && state.members.has(userId) ? state : reject('conversation_not_found');

/** Answers the group if the user is a member of it. */
export const requireGroupMember = (state: ConversationState, userId: UserId): StartedConversation => {
  const conversation = requireMember(state, userId);
  return conversation.kind === 'group' ? conversation : reject('not_a_group');
};

/** Answers the group if the user is a member of it with one of these roles. */
export const requireRole = (state: ConversationState, userId: UserId, ...roles: Role[]): StartedConversation => {
  const conversation = requireGroupMember(state, userId);
  const role = conversation.members.get(userId);
  return role !== undefined && roles.includes(role) ? conversation : reject('forbidden');
};

/** Says whether the user is the only owner. */
export const isLastOwner = ({ members }: StartedConversation, userId: UserId): boolean =>
  members.get(userId) === 'owner' && [...members.values()].filter((role) => role === 'owner').length === 1;
