import type pg from 'pg';
import { ANY_GRAM } from '../../../application/search/grams.js';
import type { BlockBits } from './block-bits.js';
import type { GramChoice } from './gram-choice.js';
import { addList, noMessages } from './gram-list.js';
import type { SearchSource } from './search-source.js';
import * as sql from './search-views.sql.js';

interface ListRow {
  /** The number of the block in the question, from 1. */
  readonly n: number;
  readonly messages: Buffer;
}

/** What is found in a block for each part of the question: for a gram, or for a range of grams by its number. */
type Found = Map<number, BlockBits>;

const blocksOf = (sources: readonly SearchSource[]): unknown[] => [
  sources.map(({ conversationId }) => conversationId),
  sources.map(({ block }) => block),
];

const addTo = (found: Found | undefined, part: number, list: Buffer): void => {
  const bits = found?.get(part) ?? noMessages();
  found?.set(part, bits);
  addList(bits, list);
};

/** The messages that are in each part, and those that are candidates for every search. */
const candidatesOf = (found: Found | undefined, parts: readonly number[]): BlockBits => {
  const all = noMessages();
  const lists = parts.flatMap((part) => found?.get(part) ?? []);
  const [first, ...others] = lists.length === parts.length ? lists : [];
  if (first) all.unite(first);
  for (const other of others) all.intersect(other);
  const always = found?.get(ANY_GRAM);
  if (always) all.unite(always);
  return all;
};

type LookUp = (pool: pg.Pool, choice: GramChoice, sources: readonly SearchSource[]) => Promise<readonly Found[]>;

const lookUpGrams: LookUp = async (pool, choice, sources) => {
  const found = sources.map((): Found => new Map());
  const values = [...blocksOf(sources), [ANY_GRAM, ...choice.grams]];
  const { rows } = await pool.query<ListRow & { readonly gram: string }>({ ...sql.LISTS, values });
  for (const { n, gram, messages } of rows) {
    addTo(found[n - 1], Number(gram), messages);
    choice.count(Number(gram), messages.length);
  }
  return found;
};

const ANY_RANGE = { first: ANY_GRAM, last: ANY_GRAM };

const lookUpRanges: LookUp = async (pool, choice, sources) => {
  const found = sources.map((): Found => new Map());
  const ranges = [ANY_RANGE, ...choice.ranges];
  const values = [...blocksOf(sources), ranges.map(({ first }) => first), ranges.map(({ last }) => last)];
  const { rows } = await pool.query<ListRow & { readonly range: number }>({ ...sql.LISTS_IN_RANGES, values });
  for (const { n, range, messages } of rows) addTo(found[n - 1], range - 1, messages);
  return found;
};

/** Finds out which messages of these blocks may match. */
export const lookUpCandidates = async (
  pool: pg.Pool,
  choice: GramChoice,
  sources: readonly SearchSource[],
): Promise<void> => {
  if (sources.length === 0) return;
  const isByRange = choice.ranges.length > 0;
  const parts = isByRange ? choice.ranges.map((_, n) => n + 1) : choice.grams;
  const found = await (isByRange ? lookUpRanges : lookUpGrams)(pool, choice, sources);
  for (const [n, source] of sources.entries()) source.lookedUp(candidatesOf(found[n], parts));
  choice.settle();
};
