import { conversationRows } from '../../application/projections/conversations.js';
import { deliveryRows } from '../../application/projections/deliveries.js';
import { erasedTextsRows } from '../../application/projections/erased-texts.js';
import { messageRows } from '../../application/projections/messages.js';
import type { MessagesTables } from '../../application/projections/messages-tables.js';
import { pinRows } from '../../application/projections/pins.js';
import { preferencesRows } from '../../application/projections/preferences.js';
import { reactionRows } from '../../application/projections/reactions.js';
import { readingRows } from '../../application/projections/reading.js';
import type { MessagesWriters } from '../../application/projections/registry.js';

/** Carries out what the events of the `messages` projection mean, in rows. */
export const messagesWriters = (tables: MessagesTables): MessagesWriters => ({
  conversations: conversationRows(tables),
  messages: messageRows(tables),
  reactions: reactionRows(tables),
  pins: pinRows(tables),
  preferences: preferencesRows(tables),
  reading: readingRows(tables),
  deliveries: deliveryRows(tables),
  erasedTexts: erasedTextsRows(tables),
});
