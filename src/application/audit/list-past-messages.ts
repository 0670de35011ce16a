import type { ConversationId, Instant, Position, UserId } from '../../domain/kernel/ids.js';
import { earlierOf, justBefore } from '../../domain/kernel/position.js';
import type { AsOf, OpenAsOf } from './as-of.js';
import { ofMoment, type OfMoment } from './of-moment.js';
import type { Past } from './past.js';
import { pastConversation, requirePastMember } from './past-conversation.js';
import { openPastCursor, pastCursor } from './past-cursor.js';
import type { PastMessageView } from './past-message.js';
import { pastMessages, usersIn } from './past-messages.js';

export interface PastMessagesQuery {
  readonly conversationId: ConversationId;
  readonly asOf?: AsOf | undefined;
  /** The member who saw it. */
  readonly viewer?: UserId | undefined;
  readonly cursor?: string | undefined;
}

export interface PastMessagesPage extends OfMoment {
  /** The newest first. */
  readonly messages: readonly PastMessageView[];
  readonly nextCursor: string | null;
}

/** Answers the position up to which the messages of a page were sent. */
const endOf = ({ upTo }: Past, { conversationId, cursor }: PastMessagesQuery): Position => {
  if (cursor === undefined) return upTo;
  const end = justBefore(openPastCursor(cursor, conversationId));
  return earlierOf(end, upTo);
};

/**
 * Answers the messages of a conversation as they were at a moment, the newest first: later edits, deletions and reactions are undone. For a
 * viewer they are what that member saw, who has to have been one then: all members see the same messages, those from before they joined included.
 */
export const listPastMessages = (open: OpenAsOf) => async (query: PastMessagesQuery, limit: number, now: Instant) => {
  const { conversationId, asOf, viewer } = query;
  const past = await open(asOf, now);
  const conversation = await pastConversation(past, conversationId);
  if (viewer !== undefined) requirePastMember(conversation, viewer);
  const end = endOf(past, query);
  const [[counted], places] = await Promise.all([
    past.countSent(conversationId, [end]),
    past.sent(conversationId, end, limit),
  ]);
  const newest = counted?.messages ?? 0;
  const messages = await pastMessages(
    past,
    places.map(({ messageId }, index) => ({ messageId, seq: newest - index })),
  );
  const last = places.at(-1);
  const nextCursor = last && newest > places.length ? pastCursor(conversationId, last.position) : null;
  const page: PastMessagesPage = { ...ofMoment(past), messages, nextCursor };
  return { page, userIds: usersIn(messages) };
};
