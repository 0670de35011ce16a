import type { MessageView } from '../ports/message-views.js';
import { messageCursor } from './message-cursor.js';

/** What a row of the read model holds of a message, and what the event of a sent one says beside its ordinal. */
export type ShownMessage = Pick<
  MessageView,
  'messageId' | 'conversationId' | 'seq' | 'senderId' | 'text' | 'replyTo' | 'sentAt' | 'position'
>;

/** A message as it is shown: the one function that makes it, from a row or from the event that is pushed live. */
export const messageView = (shown: ShownMessage): MessageView => ({
  messageId: shown.messageId,
  conversationId: shown.conversationId,
  seq: shown.seq,
  senderId: shown.senderId,
  text: shown.text,
  attachments: [],
  replyTo: shown.replyTo,
  reactions: [],
  sentAt: shown.sentAt,
  editedAt: null,
  deletedAt: null,
  position: shown.position,
  cursor: messageCursor(shown.seq),
});
