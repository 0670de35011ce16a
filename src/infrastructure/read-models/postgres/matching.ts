import type { SearchQuery } from '../../../application/ports/search-views.js';

/** What a message has to have, as queries take it. */
export type Matching = [words: readonly string[], sender: string | null, from: string | null, to: string | null];

/** The word as a pattern of `like`, wherever it stands. */
const patternOf = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`;

export const matchingOf = ({ words, senderId, from, to }: SearchQuery): Matching => [
  words.map(patternOf),
  senderId ?? null,
  from ?? null,
  to ?? null,
];
