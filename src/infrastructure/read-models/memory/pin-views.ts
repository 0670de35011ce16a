import type { PinViews } from '../../../application/ports/pin-views.js';
import { memberKey, type MessagesTables } from '../../../application/projections/messages-tables.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { byPosition } from './conversation-reader.js';
import { shownMessage } from './shown-message.js';

/** Pinned messages in memory. */
export const pinViewsInMemory = (tables: () => MessagesTables): PinViews => ({
  list: async (conversationId) =>
    [...tables().pins.values()]
      .filter((pin) => pin.isPinned && pin.conversationId === conversationId)
      .sort((one, other) => comparePositions(other.position, one.position))
      .flatMap(({ messageId, userId, at }) => {
        const message = tables().messages.get(messageId);
        return message ? [{ message: shownMessage(tables(), message), pinnedBy: userId, pinnedAt: at }] : [];
      }),
  changedSince: async (viewer, after, limit) =>
    [...tables().pins.values()]
      .filter(({ conversationId }) => tables().members.get(memberKey(conversationId, viewer))?.active)
      .filter(({ position }) => !hasReached(after, position))
      .sort(byPosition)
      .slice(0, limit),
  pinnedBy: async (userId) =>
    [...tables().pins.values()].filter((pin) => pin.isPinned && pin.userId === userId).sort(byPosition),
});
