import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';
import type { Attachment } from './attachments.js';

export type MessageCommands = {
  SendMessage: {
    messageId: MessageId;
    conversationId: ConversationId;
    text: string;
    replyTo: MessageId | null;
    mentions: readonly UserId[];
    attachments: readonly Attachment[];
    by: UserId;
    at: Instant;
  };
  EditMessage: { messageId: MessageId; text: string; mentions: readonly UserId[]; by: UserId; at: Instant };
  DeleteMessage: {
    messageId: MessageId;
    /** Whether the user may delete what others sent: an owner or an admin of the group may. */
    isModerator: boolean;
    by: UserId;
    at: Instant;
  };
  /** Deletes a message that is older than its conversation keeps. `isHeld` says whether a legal hold stands on it. */
  ExpireMessage: { messageId: MessageId; sentBefore: Instant; days: number; isHeld: boolean; at: Instant };
};
