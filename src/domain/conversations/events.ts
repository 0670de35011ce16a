import type { ConversationId, Instant, UserId } from '../kernel/ids.js';

export type ConversationKind = 'direct' | 'group';

/** What a member may do: an owner may do everything, an admin may add and remove members, a member may write. */
export type Role = 'owner' | 'admin' | 'member';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type ConversationEvents = {
  ConversationStarted: {
    conversationId: ConversationId;
    kind: ConversationKind;
    /** It is null for a direct conversation. */
    title: string | null;
    members: { userId: UserId; role: Role }[];
    startedBy: UserId;
    startedAt: Instant;
  };
  ConversationRenamed: { conversationId: ConversationId; title: string; renamedBy: UserId; renamedAt: Instant };
  MemberAdded: { conversationId: ConversationId; userId: UserId; role: Role; addedBy: UserId; addedAt: Instant };
  /** The member was removed by another, or left, which is when `removedBy` is the member. */
  MemberRemoved: { conversationId: ConversationId; userId: UserId; removedBy: UserId; removedAt: Instant };
  MemberRoleChanged: {
    conversationId: ConversationId;
    userId: UserId;
    role: Role;
    changedBy: UserId;
    changedAt: Instant;
  };
};
