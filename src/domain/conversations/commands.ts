import type { ConversationId, Instant, UserId } from '../kernel/ids.js';
import type { Role } from './events.js';

export type ConversationCommands = {
  /** The same two users always have the same conversation: it is started once, and found afterwards. */
  StartDirectConversation: { conversationId: ConversationId; with: UserId; by: UserId; at: Instant };
  StartGroup: { conversationId: ConversationId; title: string; memberIds: readonly UserId[]; by: UserId; at: Instant };
  RenameConversation: { conversationId: ConversationId; title: string; by: UserId; at: Instant };
  AddMembers: { conversationId: ConversationId; userIds: readonly UserId[]; by: UserId; at: Instant };
  RemoveMember: { conversationId: ConversationId; userId: UserId; by: UserId; at: Instant };
  ChangeMemberRole: { conversationId: ConversationId; userId: UserId; role: Role; by: UserId; at: Instant };
};
