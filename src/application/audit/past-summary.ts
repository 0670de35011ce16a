import type { ConversationKind } from '../../domain/conversations/events.js';
import type { ConversationId, Instant } from '../../domain/kernel/ids.js';
import { ERASED } from '../kernel/erased.js';
import type { SentCount } from '../ports/past-index.js';
import type { Past } from './past.js';
import type { PastConversation } from './past-conversation.js';
import type { PastMessageView } from './past-message.js';
import { pastMessages } from './past-messages.js';

/** What is shown of a conversation by itself and in a list, its members aside. */
export interface PastSummary {
  readonly conversationId: ConversationId;
  readonly kind: ConversationKind;
  readonly title: string | null;
  readonly createdAt: Instant;
  readonly memberCount: number;
  readonly messageCount: number;
  readonly lastMessage: PastMessageView | null;
  readonly lastActivityAt: Instant;
}

const titleOf = async (past: Past, { state: { title }, titledBy }: PastConversation): Promise<string | null> =>
  title !== null && (await past.erasures([titledBy])).has(titledBy) ? ERASED : title;

const lastMessageOf = async (past: Past, { last, messages: seq }: SentCount): Promise<PastMessageView | null> =>
  last ? ((await pastMessages(past, [{ messageId: last.messageId, seq }]))[0] ?? null) : null;

/** Answers what is shown of a conversation of which so many messages had been sent. */
export const pastSummary = async (
  past: Past,
  conversation: PastConversation,
  sent: SentCount,
): Promise<PastSummary> => {
  const { conversationId, state, createdAt, members } = conversation;
  const [title, lastMessage] = await Promise.all([titleOf(past, conversation), lastMessageOf(past, sent)]);
  return {
    ...{ conversationId, kind: state.kind, title, createdAt, memberCount: members.length },
    ...{ messageCount: sent.messages, lastMessage, lastActivityAt: lastMessage?.sentAt ?? createdAt },
  };
};
