import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, MessageId, Position, UserId } from '../kernel/ids.js';
import { hasReached, laterOf, LOG_START } from '../kernel/position.js';
import type { DeliveryEvents } from './events.js';

export type DeliveryCommands = {
  MarkDelivered: {
    conversationId: ConversationId;
    messageId: MessageId;
    messagePosition: Position;
    by: UserId;
    at: Instant;
  };
};

/** The position up to which the member's devices have got the messages. */
export type DeliveryState = { readonly deliveredUpTo: Position };

/**
 * What has come to the devices of one member in one conversation. It only moves forward: where two servers tell it in the wrong
 * order, the farther one counts.
 */
export const delivery: Decider<DeliveryCommands, DeliveryEvents, DeliveryState> = {
  category: 'delivery',
  initial: { deliveredUpTo: LOG_START },
  decide: {
    MarkDelivered: ({ conversationId, messageId, messagePosition, by, at }, { deliveredUpTo }) => {
      if (hasReached(deliveredUpTo, messagePosition)) return [];
      const data = { conversationId, userId: by, messageId, messagePosition, deliveredAt: at };
      return [{ type: 'MessagesDelivered', data }];
    },
  },
  evolve: {
    MessagesDelivered: ({ deliveredUpTo }, { messagePosition }) => ({
      deliveredUpTo: laterOf(deliveredUpTo, messagePosition),
    }),
  },
};
