import type pg from 'pg';
import { ANY_GRAM } from '../../../application/search/grams.js';
import type { BlockBits } from './block-bits.js';
import type { GramChoice } from './gram-choice.js';
import { addList, messagesInAll, noMessages } from './gram-list.js';
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
const candidatesOf = (found: Found, parts: readonly number[]): BlockBits => {
  const all = messagesInAll(found, parts);
  const always = found.get(ANY_GRAM);
  if (always) all.unite(always);
  return all;
};

interface LookedUp {
  readonly found: readonly Found[];
  readonly parts: readonly number[];
}

type LookUp = (pool: pg.Pool, choice: GramChoice, sources: readonly SearchSource[]) => Promise<LookedUp>;

const lookUpGrams: LookUp = async (pool, choice, sources) => {
  const found = sources.map((): Found => new Map());
  const parts = choice.grams;
  const values = [...blocksOf(sources), [ANY_GRAM, ...parts]];
  const { rows } = await pool.query<ListRow & { readonly gram: string }>({ ...sql.LISTS, values });
  for (const { n, gram, messages } of rows) addTo(found[n - 1], Number(gram), messages);
  choice.settle(found);
  return { found, parts };
};

const ANY_RANGE = { first: ANY_GRAM, last: ANY_GRAM };

const lookUpRanges: LookUp = async (pool, { ranges }, sources) => {
  const found = sources.map((): Found => new Map());
  const asked = [ANY_RANGE, ...ranges];
  const values = [...blocksOf(sources), asked.map(({ first }) => first), asked.map(({ last }) => last)];
  const { rows } = await pool.query<ListRow & { readonly range: number }>({ ...sql.LISTS_IN_RANGES, values });
  for (const { n, range, messages } of rows) addTo(found[n - 1], range - 1, messages);
  return { found, parts: ranges.map((_, n) => n + 1) };
};

/** Finds out which messages of these blocks may match. */
export const lookUpCandidates = async (
  pool: pg.Pool,
  choice: GramChoice,
  sources: readonly SearchSource[],
): Promise<void> => {
  if (sources.length === 0) return;
  const lookUp = choice.ranges.length > 0 ? lookUpRanges : lookUpGrams;
  const { found, parts } = await lookUp(pool, choice, sources);
  for (const [n, source] of sources.entries()) source.lookedUp(candidatesOf(found[n] as Found, parts));
};
