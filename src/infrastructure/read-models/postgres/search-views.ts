import type pg from 'pg';
import type { FoundMessage, FoundPage, SearchQuery, SearchViews } from '../../../application/ports/search-views.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached, justBehind } from '../../../domain/kernel/position.js';
import { lookUpCandidates } from './candidates.js';
import { looksPerByte } from './comparing-cost.js';
import { GramChoice } from './gram-choice.js';
import { BLOCK } from './gram-list.js';
import { matchingOf, type Matching } from './matching.js';
import { SearchSource, type Place } from './search-source.js';
import * as sql from './search-views.sql.js';
import { findUnlisted, newestFirst } from './unlisted.js';

/** The blocks that are looked up at once: few at first, which may be enough. */
const FIRST_BLOCKS = 16;
const MOST_BLOCKS = 512;
/** The candidates that are checked at once, at first, and the fewest of a block. */
const FIRST_CANDIDATES = 256;
const FEWEST_CANDIDATES = 4;
/** Behind so many checked candidates a page ends, with a cursor to go on. */
const MOST_CHECKED = 20_000;
/** A page also ends behind so many looks at bytes, those of unlisted messages counted by themselves: half a second. */
const MOST_LOOKS = 100_000_000;

const placesIn = async (
  pool: pg.Pool,
  { conversationIds, before, from, to }: SearchQuery,
): Promise<readonly Place[]> => {
  const values = [conversationIds, before ?? null, from ?? null, to ?? null, BLOCK];
  return (await pool.query<Place>({ ...sql.PLACES, values })).rows;
};

const isSource = (place: Place): place is Place & { readonly block: number } => place.block !== null;

interface Checked {
  readonly sentPosition: Position;
  readonly bytes: number;
  readonly messageId: FoundMessage['messageId'] | null;
}

/** One search: the newest matches of many blocks, of which no more is looked at than the page needs. */
class Search {
  readonly #pool: pg.Pool;
  readonly #matching: Matching;
  readonly #choice: GramChoice;
  readonly #limit: number;
  readonly #mostLooks: number;
  #sources: readonly SearchSource[] = [];
  #found: FoundMessage[] = [];
  /** The newest unlisted message that was not looked at. */
  #unknown: Position | undefined;
  #checked = 0;
  /** The bytes that may still be compared. */
  #bytes: number;

  constructor(pool: pg.Pool, query: SearchQuery, mostLooks: number) {
    this.#pool = pool;
    this.#matching = matchingOf(query);
    this.#choice = new GramChoice(query);
    this.#limit = query.limit;
    this.#mostLooks = mostLooks;
    this.#bytes = Math.max(1, Math.floor(mostLooks / looksPerByte(query.words)));
  }

  async run(query: SearchQuery): Promise<FoundPage> {
    const places = await placesIn(this.#pool, query);
    this.#sources = places.filter(isSource).map((place) => new SearchSource(place));
    const { found, unknown } = await findUnlisted(this.#pool, places, query, this.#mostLooks);
    this.#unknown = unknown;
    this.#add(found);
    let [blocks, candidates] = [FIRST_BLOCKS, FIRST_CANDIDATES];
    for (let open = this.#open(); open.length > 0; open = this.#open()) {
      if (this.#checked >= MOST_CHECKED || this.#bytes <= 0) return this.#partAbove(open[0]?.frontier as Position);
      const sources = open.slice(0, blocks);
      await this.#lookInto(sources, Math.max(FEWEST_CANDIDATES, Math.ceil(candidates / sources.length)));
      [blocks, candidates] = [Math.min(blocks * 16, MOST_BLOCKS), Math.min(candidates * 4, MOST_CHECKED)];
    }
    return this.#page();
  }

  #page(): FoundPage {
    const last = this.#found[this.#limit];
    const isFull = last !== undefined && (this.#unknown === undefined || hasReached(last.sentPosition, this.#unknown));
    if (this.#unknown !== undefined && !isFull) return this.#partAbove(this.#unknown);
    return {
      found: this.#found.slice(0, this.#limit),
      next: this.#found.length > this.#limit ? (this.#found[this.#limit - 1]?.sentPosition ?? null) : null,
    };
  }

  #add(found: readonly FoundMessage[]): void {
    this.#found = [...this.#found, ...found].sort(newestFirst).slice(0, this.#limit + 1);
  }

  /** The blocks that may have something for the page, the newest first. */
  #open(): readonly SearchSource[] {
    const ends = [this.#found[this.#limit]?.sentPosition, this.#unknown].filter((end) => end !== undefined);
    const isOpen = ({ frontier }: SearchSource): boolean =>
      frontier !== null && ends.every((end) => !hasReached(end, frontier));
    const positionOf = ({ frontier }: SearchSource): Position => frontier as Position;
    return this.#sources.filter(isOpen).sort((one, other) => comparePositions(positionOf(other), positionOf(one)));
  }

  async #lookInto(sources: readonly SearchSource[], count: number): Promise<void> {
    await lookUpCandidates(
      this.#pool,
      this.#choice,
      sources.filter(({ isLookedUp }) => !isLookedUp),
    );
    const next = sources.map((source) => ({ source, seqs: source.next(count) })).filter(({ seqs }) => seqs.length > 0);
    if (next.length === 0) return;
    const values = [
      next.flatMap(({ source, seqs }) => seqs.map(() => source.conversationId)),
      next.flatMap(({ seqs }) => seqs),
      ...this.#matching,
      this.#bytes,
    ];
    const { rows } = await this.#pool.query<Checked>({ ...sql.CHECKED, values });
    this.#checked += rows.length;
    this.#bytes -= rows.reduce((sum, { bytes }) => sum + bytes, 0);
    let at = 0;
    for (const { source, seqs } of next) {
      const known = rows.slice(at, at + seqs.length);
      const last = known.at(-1);
      if (last) source.checked(known.length, last.sentPosition);
      at += known.length;
    }
    this.#add(rows.flatMap(({ messageId, sentPosition }) => (messageId === null ? [] : [{ messageId, sentPosition }])));
  }

  /** What is known of the page so far: everything that is newer than what was not looked at. */
  #partAbove(unknown: Position): FoundPage {
    const found = this.#found.filter(({ sentPosition }) => !hasReached(unknown, sentPosition)).slice(0, this.#limit);
    return { found, next: justBehind(unknown) };
  }
}

/** Makes views whose pages end behind so many looks at bytes. */
export const searchViewsWithin =
  (mostLooks: number) =>
  (pool: pg.Pool): SearchViews => ({
    find: async (query) =>
      query.conversationIds.length === 0 ? { found: [], next: null } : new Search(pool, query, mostLooks).run(query),
  });

/** What messages are found by, in PostgreSQL. */
export const createSearchViews = searchViewsWithin(MOST_LOOKS);
