import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, MessageId, Position, UserId } from '../kernel/ids.js';
import { hasReached, LOG_START } from '../kernel/position.js';
import type { ReadingEvents } from './events.js';

export type ReadingCommands = {
  MarkRead: {
    conversationId: ConversationId;
    messageId: MessageId;
    messagePosition: Position;
    /** Whether others see it. */
    isShown: boolean;
    by: UserId;
    at: Instant;
  };
};

/** The position up to which the member has read. */
export type ReadingState = { readonly readUpTo: Position };

/** The progress of one member in reading one conversation. It only moves forward. */
export const reading: Decider<ReadingCommands, ReadingEvents, ReadingState> = {
  category: 'reading',
  isInLastEvent: true,
  initial: { readUpTo: LOG_START },
  decide: {
    MarkRead: ({ conversationId, messageId, messagePosition, isShown, by, at }, { readUpTo }) => {
      if (hasReached(readUpTo, messagePosition)) return [];
      const data = { conversationId, userId: by, messageId, messagePosition, readAt: at };
      return [{ type: 'MessageRead', data: isShown ? data : { ...data, hidden: true } }];
    },
  },
  evolve: { MessageRead: (_, { messagePosition }) => ({ readUpTo: messagePosition }) },
};
