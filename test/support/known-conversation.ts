import type { KnownMessage } from './known-history.js';

export interface KnownMember {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: string;
}

/** The part of a conversation that a client keeps. */
export interface KnownConversation {
  readonly conversationId: string;
  readonly members: readonly KnownMember[];
  readonly lastMessage: KnownMessage | null;
  readonly lastActivityAt: string;
  readonly unreadCount: number;
  readonly mentionCount: number;
  readonly lastReadMessageId: string | null;
  readonly preferences: object;
  readonly position: string;
}
