import type { FoundMessage, SearchQuery, SearchViews } from '../../../application/ports/search-views.js';
import { ANY_GRAM, gramsToFind, type Gram } from '../../../application/search/grams.js';
import { containsAll } from '../../../application/search/search-words.js';
import type { Position } from '../../../domain/kernel/ids.js';
import type { Reading } from '../../projections/mongodb/used-generation.js';
import { stored } from './row-documents.js';
import { searchedMessageOf, WITHOUT_GRAMS } from './search-read-model.js';

/** The messages that one page looks at, at most. */
const MOST_CANDIDATES = 20_000;
/** The grams that a candidate has to have: those of long words, which are rare as a rule. */
const GRAMS = 4;

const gramsOf = (words: readonly string[]): readonly Gram[] =>
  [...words]
    .sort((one, other) => other.length - one.length)
    .flatMap(gramsToFind)
    .filter(({ first, last }) => first === last)
    .map(({ first }) => first)
    .slice(0, GRAMS);

/** Answers a condition for the messages among which those that match are. A message with very many grams may match everything. */
const candidates = ({ conversationIds, words, senderId, from, to, before }: SearchQuery, upTo: bigint) => {
  const grams = gramsOf(words);
  const sent = { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) };
  return {
    conversationId: { $in: [...conversationIds] },
    sentPosition: { $lte: upTo, ...(before !== undefined && { $lt: stored(before) }) },
    ...(senderId !== undefined && { senderId }),
    ...(Object.keys(sent).length > 0 && { sentAt: sent }),
    ...(grams.length > 0 && { $or: [{ grams: { $all: [...grams] } }, { grams: ANY_GRAM }] }),
  };
};

/** Searches messages in MongoDB: each candidate is compared with its text. */
export const createSearchViews = (reading: Reading): SearchViews => ({
  find: (query) =>
    reading(async (documents, upTo) => {
      const { words, limit } = query;
      const found: FoundMessage[] = [];
      let looked = 0;
      let last: Position | null = null;
      const newestFirst = { sort: { sentPosition: -1 }, ...WITHOUT_GRAMS } as const;
      for await (const each of documents.each('messages', candidates(query, upTo), newestFirst)) {
        if (looked === MOST_CANDIDATES) return { found, next: last };
        const { messageId, text, sentPosition } = searchedMessageOf(each);
        if (text !== null && containsAll(text, words)) {
          if (found.length === limit) return { found, next: found.at(-1)?.sentPosition ?? null };
          found.push({ messageId, sentPosition });
        }
        looked += 1;
        last = sentPosition;
      }
      return { found, next: null };
    }),
});
