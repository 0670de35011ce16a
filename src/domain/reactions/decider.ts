import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';
import type { ReactionEvents } from './events.js';

interface ChangeReaction {
  messageId: MessageId;
  conversationId: ConversationId;
  emoji: string;
  by: UserId;
  at: Instant;
}

export type ReactionCommands = { AddReaction: ChangeReaction; RemoveReaction: ChangeReaction };

/** The emojis with which the user reacts at present. */
export type ReactionState = { readonly emojis: ReadonlySet<string> };

/** The id of the reactions of one user to one message: nobody else appends to their stream, so that nobody waits for another. */
export const reactionsId = (messageId: MessageId, userId: UserId): string => `${messageId}-${userId}`;

/** The reactions of one user to one message. */
export const reaction: Decider<ReactionCommands, ReactionEvents, ReactionState> = {
  category: 'reaction',
  initial: { emojis: new Set() },
  decide: {
    AddReaction: ({ messageId, conversationId, emoji, by, at }, { emojis }) =>
      emojis.has(emoji)
        ? []
        : [{ type: 'ReactionAdded', data: { messageId, conversationId, userId: by, emoji, addedAt: at } }],
    RemoveReaction: ({ messageId, conversationId, emoji, by, at }, { emojis }) =>
      emojis.has(emoji)
        ? [{ type: 'ReactionRemoved', data: { messageId, conversationId, userId: by, emoji, removedAt: at } }]
        : [],
  },
  evolve: {
    ReactionAdded: (draft, { emoji }) => {
      draft.emojis.add(emoji);
      return draft;
    },
    ReactionRemoved: (draft, { emoji }) => {
      draft.emojis.delete(emoji);
      return draft;
    },
  },
};
