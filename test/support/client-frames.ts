import type { KnownConversation, KnownMember } from './known-conversation.js';
import type { KnownMessage } from './known-history.js';

/** A message that was sent or changed. */
export interface MessageFrame {
  readonly position: string;
  readonly message: KnownMessage;
}

export interface ReadFrame {
  readonly conversationId: string;
  readonly userId: string;
  readonly messageId: string;
  readonly seq: number;
}

/** What one frame says of others: how far each has got and read the messages. */
export interface ReceiptsFrame {
  readonly conversationId: string;
  readonly receipts: readonly { readonly userId: string; readonly readSeq?: number; readonly deliveredSeq?: number }[];
}

export interface ChangeFrame {
  readonly type: string;
  /** The frame shows the whole conversation, the part that all members see alike, or its id alone. */
  readonly conversation: Partial<KnownConversation> & Pick<KnownConversation, 'conversationId'>;
  readonly members?: readonly KnownMember[];
  readonly userIds?: readonly string[];
}

export interface PinFrame {
  readonly conversationId: string;
  readonly messageId: string;
}

export interface PreferencesFrame {
  readonly conversationId: string;
  readonly preferences: object;
}

export interface PersonFrame {
  readonly user: Pick<KnownMember, 'userId' | 'username' | 'displayName'>;
}

export type AnyFrame = Readonly<Record<string, unknown>> & { readonly type: string };
