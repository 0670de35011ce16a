import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { PinEvents } from './events.js';

export const MAX_PINS = 50;

interface ChangePin {
  messageId: MessageId;
  conversationId: ConversationId;
  by: UserId;
  at: Instant;
}

export type PinCommands = { PinMessage: ChangePin; UnpinMessage: ChangePin };

/** The messages that are pinned at present. */
export type PinsState = { readonly pinned: ReadonlySet<MessageId> };

/** The pinned messages of one conversation. They have a stream of their own: to send does not wait for it. */
export const pins: Decider<PinCommands, PinEvents, PinsState> = {
  category: 'pins',
  initial: { pinned: new Set() },
  decide: {
    PinMessage: ({ messageId, conversationId, by, at }, { pinned }) => {
      if (pinned.has(messageId)) return [];
      if (pinned.size >= MAX_PINS) reject('pins_full', { conversationId });
      return [{ type: 'MessagePinned', data: { messageId, conversationId, pinnedBy: by, pinnedAt: at } }];
    },
    UnpinMessage: ({ messageId, conversationId, by, at }, { pinned }) =>
      pinned.has(messageId)
        ? [{ type: 'MessageUnpinned', data: { messageId, conversationId, unpinnedBy: by, unpinnedAt: at } }]
        : [],
  },
  evolve: {
    MessagePinned: (draft, { messageId }) => {
      draft.pinned.add(messageId);
      return draft;
    },
    MessageUnpinned: (draft, { messageId }) => {
      draft.pinned.delete(messageId);
      return draft;
    },
  },
};
