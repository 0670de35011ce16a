import type { UserId } from '../../domain/kernel/ids.js';
import { MAX_EMOJIS } from '../../domain/reactions/emoji.js';
import { grouped } from '../kernel/grouped.js';
import type { ReactionView } from '../ports/message-views.js';

/** The users whom a message names of each emoji. */
export const SHOWN_USERS = 20;

/** Shows the reactions to one message, given in the order in which they were added. The first 20 different ones are shown. */
export const shownReactions = (
  reactions: readonly { readonly emoji: string; readonly userId: UserId }[],
): ReactionView[] => {
  const byEmoji = [...grouped(reactions, ({ emoji }) => emoji)];
  return byEmoji
    .slice(0, MAX_EMOJIS)
    .map(([emoji, ofEmoji]) => ({
      emoji,
      userIds: ofEmoji.slice(0, SHOWN_USERS).map(({ userId }) => userId),
      count: ofEmoji.length,
    }));
};
