import type { MessagesTables } from '../../../application/projections/messages-tables.js';
import type { MessagesWriters } from '../../../application/projections/registry.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';
import { messagesWriters } from '../messages-writers.js';

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
  writersOf: messagesWriters,
};
