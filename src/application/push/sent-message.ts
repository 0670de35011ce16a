import type { Position } from '../../domain/kernel/ids.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import { messageCursor } from '../messages/message-cursor.js';
import type { MessageView } from '../ports/message-views.js';

/** A message that was just sent, as the history shows it. */
export const sentMessageView = (sent: MessageEvents['MessageSent'], seq: number, position: Position): MessageView => ({
  messageId: sent.messageId,
  conversationId: sent.conversationId,
  seq,
  senderId: sent.senderId,
  text: sent.text,
  attachments: [],
  replyTo: sent.replyTo,
  reactions: [],
  sentAt: sent.sentAt,
  editedAt: null,
  deletedAt: null,
  position,
  cursor: messageCursor(seq),
});
