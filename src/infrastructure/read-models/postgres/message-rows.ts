import { messageView } from '../../../application/messages/message-view.js';
import type { MessageView } from '../../../application/ports/message-views.js';

/** A message's row, with the columns of `MESSAGE_COLUMNS`. */
export interface MessageRow {
  readonly message_id: MessageView['messageId'];
  readonly conversation_id: MessageView['conversationId'];
  readonly seq: string;
  readonly sender_id: MessageView['senderId'];
  readonly text: string | null;
  readonly reply_to: MessageView['replyTo'];
  readonly sent_at: MessageView['sentAt'];
  readonly edited_at: MessageView['editedAt'];
  readonly deleted_at: MessageView['deletedAt'];
  readonly position: MessageView['position'];
}

export const MESSAGE_COLUMNS = `m.message_id, m.conversation_id, m.seq, m.sender_id, m.text, m.reply_to, m.sent_at,
         m.edited_at, m.deleted_at, m.position`;

export const messageOf = (row: MessageRow): MessageView =>
  messageView({
    messageId: row.message_id,
    conversationId: row.conversation_id,
    seq: Number(row.seq),
    senderId: row.sender_id,
    text: row.text,
    replyTo: row.reply_to,
    sentAt: row.sent_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    position: row.position,
  });
