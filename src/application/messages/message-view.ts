import type { UserId } from '../../domain/kernel/ids.js';
import type { Attachment } from '../../domain/messages/attachments.js';
import type { MessageView } from '../ports/message-views.js';
import { attachmentView } from './attachment-view.js';
import { messageCursor } from './message-cursor.js';

/** The fields that a row of the read model has, and that the event of a sent message has beside its ordinal: nothing has changed that one. */
export type ShownMessage = Pick<
  MessageView,
  'messageId' | 'conversationId' | 'seq' | 'senderId' | 'text' | 'replyTo' | 'sentAt' | 'position'
> &
  Partial<Pick<MessageView, 'replyToDeleted' | 'reactions' | 'editedAt' | 'deletedAt'>> & {
    readonly mentions?: readonly UserId[] | null;
    readonly attachments?: readonly Attachment[] | null;
  };

/** Makes the view of a message, from a row or from the event that is pushed live. No other function does. */
export const messageView = (shown: ShownMessage): MessageView => ({
  messageId: shown.messageId,
  conversationId: shown.conversationId,
  seq: shown.seq,
  senderId: shown.senderId,
  text: shown.text,
  mentions: shown.mentions ?? [],
  attachments: (shown.attachments ?? []).map(attachmentView),
  replyTo: shown.replyTo,
  replyToDeleted: shown.replyToDeleted ?? false,
  reactions: shown.deletedAt ? [] : (shown.reactions ?? []),
  sentAt: shown.sentAt,
  editedAt: shown.editedAt ?? null,
  deletedAt: shown.deletedAt ?? null,
  position: shown.position,
  cursor: messageCursor(shown.seq),
});
