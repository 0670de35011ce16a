import type pg from 'pg';
import type { FoundMessage, FoundPage, SearchQuery, SearchViews } from '../../../application/ports/search-views.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { lookUpCandidates } from './candidates.js';
import { GramChoice } from './gram-choice.js';
import { BLOCK, CHUNK } from './gram-list.js';
import { SearchSource, type Place } from './search-source.js';
import * as sql from './search-views.sql.js';

/** The blocks that are looked up at once: few at first, which may be enough. */
const FIRST_BLOCKS = 16;
const MOST_BLOCKS = 512;
/** The candidates of a block that are checked at once, at first. */
const FIRST_CANDIDATES = 64;
/** Behind so many checked candidates a page ends, with a cursor to go on. */
const MOST_CHECKED = 20_000;

type Matching = [words: readonly string[], sender: string | null, from: string | null, to: string | null];

/** The word as a pattern of `like`, wherever it stands. */
const patternOf = (word: string): string => `%${word.replace(/[\\%_]/g, '\\$&')}%`;

const matchingOf = ({ words, senderId, from, to }: SearchQuery): Matching => [
  words.map(patternOf),
  senderId ?? null,
  from ?? null,
  to ?? null,
];

const newestFirst = (one: FoundMessage, other: FoundMessage): number =>
  comparePositions(other.sentPosition, one.sentPosition);

const placesIn = async (
  pool: pg.Pool,
  { conversationIds, before, from, to }: SearchQuery,
): Promise<readonly Place[]> => {
  const values = [conversationIds, CHUNK, before ?? null, from ?? null, to ?? null, BLOCK];
  return (await pool.query<Place>({ ...sql.PLACES, values })).rows;
};

/** Looks through the newest messages of each conversation, which are in no list yet. */
const findUnlisted = async (
  pool: pg.Pool,
  places: readonly Place[],
  matching: Matching,
  limit: number,
): Promise<readonly FoundMessage[]> => {
  const tails = new Map(places.map((place) => [place.conversationId, place]));
  const open = [...tails.values()].filter(({ high, listed }) => high > listed);
  if (open.length === 0) return [];
  const values = [
    open.map(({ conversationId }) => conversationId),
    open.map(({ low, listed }) => Math.max(low, listed + 1)),
    open.map(({ high }) => high),
    ...matching,
    limit,
  ];
  return (await pool.query<FoundMessage>({ ...sql.UNLISTED, values })).rows;
};

const isSource = (place: Place): place is Place & { readonly block: number } => place.block !== null;

/** One search: the newest matches of many blocks, of which no more is looked at than the page needs. */
class Search {
  readonly #pool: pg.Pool;
  readonly #matching: Matching;
  readonly #choice: GramChoice;
  readonly #limit: number;
  #sources: readonly SearchSource[] = [];
  #found: FoundMessage[] = [];
  #checked = 0;

  constructor(pool: pg.Pool, query: SearchQuery) {
    this.#pool = pool;
    this.#matching = matchingOf(query);
    this.#choice = new GramChoice(query);
    this.#limit = query.limit;
  }

  async run(query: SearchQuery): Promise<FoundPage> {
    const places = await placesIn(this.#pool, query);
    this.#sources = places.filter(isSource).map((place) => new SearchSource(place));
    this.#add(await findUnlisted(this.#pool, places, this.#matching, this.#limit + 1));
    let [blocks, candidates] = [FIRST_BLOCKS, FIRST_CANDIDATES];
    for (let open = this.#open(); open.length > 0; open = this.#open()) {
      if (this.#checked >= MOST_CHECKED) return this.#partOf(open);
      await this.#lookInto(open.slice(0, blocks), candidates);
      [blocks, candidates] = [Math.min(blocks * 8, MOST_BLOCKS), candidates * 2];
    }
    const last = this.#found[this.#limit - 1];
    return {
      found: this.#found.slice(0, this.#limit),
      next: this.#found.length > this.#limit && last ? last.sentPosition : null,
    };
  }

  #add(found: readonly FoundMessage[]): void {
    this.#found = [...this.#found, ...found].sort(newestFirst).slice(0, this.#limit + 1);
  }

  /** The blocks that may have something for the page, the newest first. */
  #open(): readonly SearchSource[] {
    const last = this.#found[this.#limit]?.sentPosition;
    const isOpen = ({ frontier }: SearchSource): boolean =>
      frontier !== null && (last === undefined || !hasReached(last, frontier));
    const positionOf = ({ frontier }: SearchSource): Position => frontier as Position;
    return this.#sources.filter(isOpen).sort((one, other) => comparePositions(positionOf(other), positionOf(one)));
  }

  async #lookInto(sources: readonly SearchSource[], count: number): Promise<void> {
    await lookUpCandidates(
      this.#pool,
      this.#choice,
      sources.filter(({ isLookedUp }) => !isLookedUp),
    );
    const taken = sources.map((source) => ({ source, seqs: source.take(count) })).filter(({ seqs }) => seqs.length > 0);
    const values = [
      taken.flatMap(({ source, seqs }) => seqs.map(() => source.conversationId)),
      taken.flatMap(({ seqs }) => seqs),
      ...this.#matching,
    ];
    if (taken.length === 0) return;
    const { rows } = await this.#pool.query<{ sentPosition: Position; messageId: FoundMessage['messageId'] | null }>({
      ...sql.CHECKED,
      values,
    });
    this.#checked += rows.length;
    let at = 0;
    for (const { source, seqs } of taken) {
      at += seqs.length;
      source.checked((rows[at - 1] as (typeof rows)[number]).sentPosition);
    }
    this.#add(rows.flatMap(({ messageId, sentPosition }) => (messageId === null ? [] : [{ messageId, sentPosition }])));
  }

  /** What is known of the page so far: everything that is newer than what was not looked at. */
  #partOf([newest]: readonly SearchSource[]): FoundPage {
    const unknown = (newest as SearchSource).frontier as Position;
    const found = this.#found.filter(({ sentPosition }) => !hasReached(unknown, sentPosition)).slice(0, this.#limit);
    return { found, next: String(BigInt(unknown) + 1n) as Position };
  }
}

/** What messages are found by, in PostgreSQL. */
export const createSearchViews = (pool: pg.Pool): SearchViews => ({
  find: async (query) =>
    query.conversationIds.length === 0 ? { found: [], next: null } : new Search(pool, query).run(query),
});
