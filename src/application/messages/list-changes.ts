import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { MessageView, MessageViews } from '../ports/message-views.js';
import { changesCursor, openChangesCursor } from './changes-cursor.js';

export interface ChangesQuery {
  readonly conversationId: ConversationId;
  readonly since: Position;
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface ChangesPage {
  readonly messages: readonly MessageView[];
  readonly nextCursor: string | null;
}

/**
 * Answers a member the messages that were there at a position, and were changed since. A message that changes while the pages
 * are read stands on a later one, so that none is left out. As for a history, membership is asked behind the page.
 */
export const listChanges =
  (conversations: Pick<ConversationViews, 'isMember'>, views: Pick<MessageViews, 'changes'>) =>
  async (viewer: UserId, { conversationId, since, cursor, limit }: ChangesQuery): Promise<ChangesPage> => {
    const place = { since, ...(openChangesCursor(cursor) ?? { after: since }) };
    const found = await views.changes(conversationId, place, limit + 1);
    if (!(await conversations.isMember(conversationId, viewer))) reject('conversation_not_found');
    const messages = found.slice(0, limit);
    const last = messages.at(-1);
    return { messages, nextCursor: last && found.length > limit ? changesCursor(last.position, last.seq) : null };
  };
