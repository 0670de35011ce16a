import type { SearchViews } from '../../../application/ports/search-views.js';
import { searchRows, type SearchTables } from '../../../application/projections/search.js';
import type { SearchWriters } from '../../../application/projections/registry.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { containsAll } from '../../../application/search/search-words.js';
import type { MemoryReadModel } from '../../projections/memory/memory-read-model.js';

/** What messages are found by, in memory. */
export const searchInMemory: MemoryReadModel<SearchWriters, SearchTables> = {
  create: () => ({ conversations: new Map(), messages: new Map(), erased: new Map() }),
  writersOf: (tables) => ({ search: searchRows(tables) }),
};

export const searchViewsInMemory = (tables: () => SearchTables): SearchViews => ({
  find: async ({ conversationIds, words, senderId, from, to, before, limit }) => {
    const isInRange = (sentAt: string) => (from === undefined || sentAt >= from) && (to === undefined || sentAt < to);
    const found = [...tables().messages.values()]
      .filter(({ conversationId }) => conversationIds.includes(conversationId))
      .filter((row) => (senderId === undefined || row.senderId === senderId) && isInRange(row.sentAt))
      .filter(({ sentPosition }) => before === undefined || !hasReached(sentPosition, before))
      .filter(({ text }) => text !== null && containsAll(text, words))
      .sort((one, other) => comparePositions(other.sentPosition, one.sentPosition))
      .map(({ messageId, sentPosition }) => ({ messageId, sentPosition }));
    const last = found[limit - 1];
    return { found: found.slice(0, limit), next: found.length > limit && last ? last.sentPosition : null };
  },
});
