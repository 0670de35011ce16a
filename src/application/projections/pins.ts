import type { Position } from '../../domain/kernel/ids.js';
import type { PinEvents } from '../../domain/pins/events.js';
import type { PinChange } from '../ports/pin-views.js';
import { isKnown, type MessagesTables } from './messages-tables.js';
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

/** Answers what a message that was pinned changes. */
export const pinChange = (
  { conversationId, messageId, pinnedBy: userId, pinnedAt: at }: PinEvents['MessagePinned'],
  position: Position,
): PinChange => ({ position, conversationId, messageId, isPinned: true, userId, at });

/** Answers what a message that is pinned no more changes. */
export const unpinChange = (
  { conversationId, messageId, unpinnedBy: userId, unpinnedAt: at }: PinEvents['MessageUnpinned'],
  position: Position,
): PinChange => ({ position, conversationId, messageId, isPinned: false, userId, at });

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const pinRows = (tables: MessagesTables): PinWriter => {
  const note = (row: PinChange): void => {
    const key = `${row.conversationId} ${row.messageId}`;
    const before = tables.pins.get(key);
    if (!before || !isKnown(before, row)) tables.pins.set(key, row);
  };
  return {
    pin: ({ data, position }) => note(pinChange(data, position)),
    unpin: ({ data, position }) => note(unpinChange(data, position)),
  };
};
