import type { Instant } from '../../domain/kernel/ids.js';
import type { ReactionEvents } from '../../domain/reactions/events.js';
import { changeMessage } from './messages.js';
import { isKnown, type MessagesTables } from './messages-tables.js';
import type { Projected, Projector } from './projector.js';

/** The table of reactions to messages. */
export interface ReactionWriter {
  add(event: Projected<ReactionEvents['ReactionAdded']>): void;
  remove(event: Projected<ReactionEvents['ReactionRemoved']>): void;
}

/** The reactions that messages show. */
export const reactions: Projector<ReactionEvents, { readonly reactions: ReactionWriter }> = {
  name: 'reactions',
  on: {
    ReactionAdded: (write, event) => write.reactions.add(event),
    ReactionRemoved: (write, event) => write.reactions.remove(event),
  },
};

type Reacted = Projected<Pick<ReactionEvents['ReactionAdded'], 'messageId' | 'conversationId' | 'userId' | 'emoji'>>;

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const reactionRows = (tables: MessagesTables): ReactionWriter => {
  const note = (event: Reacted, active: boolean, changedAt: Instant): void => {
    const { data, position } = event;
    const { messageId, conversationId, userId, emoji } = data;
    const key = `${messageId} ${userId} ${emoji}`;
    const before = tables.reactions.get(key);
    const row = { messageId, conversationId, userId, emoji, active, changedAt, position };
    const isOld = before !== undefined && isKnown(before, event);
    if (!isOld && !tables.erased.has(userId)) tables.reactions.set(key, row);
    changeMessage(tables, event, ({ deletedAt }) => ({ change: deletedAt === null ? 'reacted' : 'deleted' }));
  };
  return {
    add: (event) => note(event, true, event.data.addedAt),
    remove: (event) => note(event, false, event.data.removedAt),
  };
};
