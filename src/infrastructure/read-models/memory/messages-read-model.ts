import { deliveryRows } from '../../../application/projections/deliveries.js';
import { conversationRows } from '../../../application/projections/conversations.js';
import { erasedTextsRows } from '../../../application/projections/erased-texts.js';
import { messageRows } from '../../../application/projections/messages.js';
import type { MessagesTables } from '../../../application/projections/messages-tables.js';
import { pinRows } from '../../../application/projections/pins.js';
import { preferencesRows } from '../../../application/projections/preferences.js';
import { reactionRows } from '../../../application/projections/reactions.js';
import { readingRows } from '../../../application/projections/reading.js';
import type { MessagesWriters } from '../../../application/projections/registry.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';

/** Conversations, messages and reading in memory. */
export const messagesInMemory: MemoryReadModel<MessagesWriters, MessagesTables> = {
  create: () => ({
    conversations: new Map(),
    members: new Map(),
    messages: new Map(),
    reactions: new Map(),
    pins: new Map(),
    preferences: new Map(),
    reads: new Map(),
    deliveries: new Map(),
    changes: new Map(),
    erased: new Map(),
  }),
  writersOf: (tables) => ({
    conversations: conversationRows(tables),
    messages: messageRows(tables),
    reactions: reactionRows(tables),
    pins: pinRows(tables),
    preferences: preferencesRows(tables),
    reading: readingRows(tables),
    deliveries: deliveryRows(tables),
    erasedTexts: erasedTextsRows(tables),
  }),
};
