import { isOfType } from '../../application/kernel/is-of-type.js';
import type { RecordedEvent } from '../../application/ports/event-store.js';
import type { ConversationId, MessageId, UserId } from '../../domain/kernel/ids.js';

/** The rows of the `search` projection that events depend on. */
interface Touched {
  readonly conversations: Set<ConversationId>;
  readonly messages: Set<MessageId>;
  readonly senders: Set<UserId>;
  /** The users all of whose messages are touched. */
  readonly erased: Set<UserId>;
}

const touch = (touched: Touched, event: RecordedEvent): void => {
  if (isOfType(event, 'UserErased')) {
    touched.erased.add(event.data.userId);
    touched.senders.add(event.data.userId);
  } else if (isOfType(event, 'MessageSent', 'MessageEdited', 'MessageDeleted')) {
    touched.conversations.add(event.data.conversationId);
    if (!isOfType(event, 'MessageSent')) touched.messages.add(event.data.messageId);
    if ('senderId' in event.data) touched.senders.add(event.data.senderId);
  }
};

/** Answers the rows that events depend on. */
export const touchedBy = (events: readonly RecordedEvent[]): Touched => {
  const touched: Touched = { conversations: new Set(), messages: new Set(), senders: new Set(), erased: new Set() };
  for (const event of events) touch(touched, event);
  return touched;
};
