import { messageView } from '../../../application/messages/message-view.js';
import { SHOWN_USERS } from '../../../application/messages/shown-reactions.js';
import type { MessageView } from '../../../application/ports/message-views.js';
import type { Attachment } from '../../../domain/messages/attachments.js';
import { MAX_EMOJIS } from '../../../domain/reactions/emoji.js';

/** A message's row, with the columns of `MESSAGE_COLUMNS`. */
export interface MessageRow {
  readonly message_id: MessageView['messageId'];
  readonly conversation_id: MessageView['conversationId'];
  readonly seq: string;
  readonly sender_id: MessageView['senderId'];
  readonly text: string | null;
  /** It is null where nobody is mentioned. */
  readonly mentions: MessageView['mentions'] | null;
  /** Null where it carries no files. */
  readonly attachments: readonly Attachment[] | null;
  readonly reply_to: MessageView['replyTo'];
  /** It is null where it replies to none that is there. */
  readonly reply_to_deleted: boolean | null;
  readonly sent_at: MessageView['sentAt'];
  readonly edited_at: MessageView['editedAt'];
  readonly deleted_at: MessageView['deletedAt'];
  readonly position: MessageView['position'];
  /** It is null where there are no reactions. */
  readonly reactions: MessageView['reactions'] | null;
}

/** The reactions to `m`, which are looked for only where something has changed it. */
const REACTIONS = `
         case when m.position <> m.sent_position and m.deleted_at is null then
           (select json_agg(json_build_object('emoji', shown.emoji, 'userIds', shown.user_ids, 'count', shown.count)
                            order by shown.first)
              from (select r.emoji, count(*) as count, min(r.position) as first,
                           (array_agg(r.user_id order by r.position))[1:${SHOWN_USERS}] as user_ids
                      from messages.reactions r
                     where r.message_id = m.message_id and r.active
                     group by r.emoji order by first limit ${MAX_EMOJIS}) shown)
         end`;

/** Whether the message that `m` replies to is gone: one look-up by its key for a reply, none for other messages. */
const REPLY_TO_DELETED = `
         case when m.reply_to is not null then
           (select original.deleted_at is not null from messages.messages original where original.message_id = m.reply_to)
         end`;

export const MESSAGE_COLUMNS = `m.message_id, m.conversation_id, m.seq, m.sender_id, m.text, m.mentions, m.attachments, m.reply_to,
         ${REPLY_TO_DELETED} as reply_to_deleted, m.sent_at, m.edited_at, m.deleted_at, m.position, ${REACTIONS} as reactions`;

export const messageOf = (row: MessageRow): MessageView =>
  messageView({
    messageId: row.message_id,
    conversationId: row.conversation_id,
    seq: Number(row.seq),
    senderId: row.sender_id,
    text: row.text,
    mentions: row.mentions,
    attachments: row.attachments,
    replyTo: row.reply_to,
    replyToDeleted: row.reply_to_deleted ?? false,
    sentAt: row.sent_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    reactions: row.reactions ?? [],
    position: row.position,
  });
