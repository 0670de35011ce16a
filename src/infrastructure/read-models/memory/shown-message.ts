import { messageView } from '../../../application/messages/message-view.js';
import { shownReactions } from '../../../application/messages/shown-reactions.js';
import type { MessageView } from '../../../application/ports/message-views.js';
import type { MessageRow, MessagesTables } from '../../../application/projections/messages-tables.js';
import { comparePositions } from '../../../domain/kernel/position.js';

/** The view of a message, with the reactions to it, and whether the one that it replies to is gone. */
export const shownMessage = ({ messages, reactions }: MessagesTables, row: MessageRow): MessageView => {
  const original = row.replyTo === null ? undefined : messages.get(row.replyTo);
  const added = [...reactions.values()]
    .filter(({ messageId, active }) => active && messageId === row.messageId)
    .sort((one, other) => comparePositions(one.position, other.position));
  return messageView({
    ...row,
    replyToDeleted: original !== undefined && original.deletedAt !== null,
    reactions: shownReactions(added),
  });
};
