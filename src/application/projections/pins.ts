import type { PinEvents } from '../../domain/pins/events.js';
import { isKnown, type MessagesTables, type PinRow } from './messages-tables.js';
import type { Projected, Projector } from './projector.js';

/** The table of pinned messages. */
export interface PinWriter {
  pin(event: Projected<PinEvents['MessagePinned']>): void;
  unpin(event: Projected<PinEvents['MessageUnpinned']>): void;
}

/** The pinned messages of conversations. */
export const pins: Projector<PinEvents, { readonly pins: PinWriter }> = {
  name: 'pins',
  on: {
    MessagePinned: (write, event) => write.pins.pin(event),
    MessageUnpinned: (write, event) => write.pins.unpin(event),
  },
};

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const pinRows = (tables: MessagesTables): PinWriter => {
  const note = (row: PinRow): void => {
    const key = `${row.conversationId} ${row.messageId}`;
    const before = tables.pins.get(key);
    if (!before || !isKnown(before, row)) tables.pins.set(key, row);
  };
  return {
    pin: ({ data: { conversationId, messageId, pinnedBy: userId, pinnedAt: at }, position }) =>
      note({ conversationId, messageId, isPinned: true, userId, at, position }),
    unpin: ({ data: { conversationId, messageId, unpinnedBy: userId, unpinnedAt: at }, position }) =>
      note({ conversationId, messageId, isPinned: false, userId, at, position }),
  };
};
