import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';
import type { Attachment } from './attachments.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type MessageEvents = {
  MessageSent: {
    messageId: MessageId;
    conversationId: ConversationId;
    senderId: UserId;
    /** Empty where only files are sent. */
    text: string;
    replyTo: MessageId | null;
    /** The members whom the text mentioned when it was sent; left out where there are none. */
    mentions?: UserId[];
    /** The files that it carries; left out where there are none. */
    attachments?: Attachment[];
    sentAt: Instant;
  };
  /** The sender wrote another text in its place. */
  MessageEdited: {
    messageId: MessageId;
    conversationId: ConversationId;
    senderId: UserId;
    text: string;
    /** The mentions are those of a message that is sent. */
    mentions?: UserId[];
    editedAt: Instant;
  };
  /** The message is a tombstone from now on: its place in the history stays. */
  MessageDeleted: {
    messageId: MessageId;
    conversationId: ConversationId;
    /** It is null where the message was kept for as long as the rules of retention say. */
    deletedBy: UserId | null;
    /** After so many days it went by itself; left out where somebody deleted it. */
    retentionDays?: number;
    deletedAt: Instant;
  };
};
