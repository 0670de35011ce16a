import type pg from 'pg';
import { grouped } from '../../../application/kernel/grouped.js';
import type { FoundMessage, SearchQuery } from '../../../application/ports/search-views.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { looksPerByte } from './comparing-cost.js';
import { matchingOf } from './matching.js';
import type { Place } from './search-source.js';
import * as sql from './search-views.sql.js';

/** Words that take more looks at each byte are compared with no more unlisted messages than that. */
const FEW_LOOKS = 8;

/** The matches that a conversation is asked for at first: this many, or together so many times what the page takes. */
const FEWEST = 8;
const MARGIN = 4;

/** What is found among unlisted messages, as far as they were looked at. */
interface FoundUnlisted {
  readonly found: readonly FoundMessage[];
  /** The newest message that was not looked at. */
  readonly unknown: Position | undefined;
}

/** The messages of a conversation from one ordinal to another. */
interface Range {
  readonly conversationId: Place['conversationId'];
  readonly low: number;
  readonly high: number;
}

const valuesOf = (ranges: readonly Range[], query: SearchQuery): unknown[] => [
  ranges.map(({ conversationId }) => conversationId),
  ranges.map(({ low }) => low),
  ranges.map(({ high }) => high),
  ...matchingOf(query),
];

const foundOf = ({ messageId, sentPosition }: FoundMessage): FoundMessage => ({ messageId, sentPosition });

const findInPart = async (pool: pg.Pool, values: unknown[]): Promise<FoundUnlisted> => {
  const { rows } = await pool.query<FoundMessage & { isUnknown: boolean }>({ ...sql.UNLISTED_IN_PART, values });
  return {
    found: rows.filter(({ isUnknown }) => !isUnknown).map(foundOf),
    unknown: rows.find(({ isUnknown }) => isUnknown)?.sentPosition,
  };
};

export const newestFirst = (one: FoundMessage, other: FoundMessage): number =>
  comparePositions(other.sentPosition, one.sentPosition);

interface FoundInRange extends FoundMessage {
  /** The number of the range, from 1. */
  readonly n: number;
  readonly seq: number;
}

const findIn = async (
  pool: pg.Pool,
  ranges: readonly Range[],
  query: SearchQuery,
  most: number,
): Promise<readonly FoundInRange[]> =>
  ranges.length === 0
    ? []
    : (await pool.query<FoundInRange>({ text: sql.UNLISTED, values: [...valuesOf(ranges, query), most] })).rows;

/** Asks each conversation for a few messages first: these may fill the page, where conversations go on alike. */
const findStepwise = async (pool: pg.Pool, ranges: readonly Range[], query: SearchQuery): Promise<FoundUnlisted> => {
  const most = query.limit + 1;
  const few = Math.max(FEWEST, Math.ceil((MARGIN * most) / ranges.length));
  const found = await findIn(pool, ranges, query, few);
  const last = [...found].sort(newestFirst)[query.limit]?.sentPosition;
  const full = [...grouped(found, ({ n }) => n).values()].filter(({ length }) => length === few);
  const others = full
    .map((each) => each.at(-1) as FoundInRange)
    .filter(({ sentPosition }) => last === undefined || !hasReached(last, sentPosition))
    .map(({ n, seq }) => ({ ...(ranges[n - 1] as Range), high: seq - 1 }));
  const behind = await findIn(pool, others, query, most);
  return { found: [...found, ...behind].map(foundOf), unknown: undefined };
};

/** Looks through the newest messages of each conversation, which are in no list yet, as far as the page may need them. */
export const findUnlisted = async (
  pool: pg.Pool,
  places: readonly Place[],
  query: SearchQuery,
  mostLooks: number,
): Promise<FoundUnlisted> => {
  const byConversation = new Map(places.map((place) => [place.conversationId, place]));
  const tails = [...byConversation.values()]
    .filter(({ high, listed }) => high > listed)
    .map((place) => ({ ...place, low: Math.max(place.low, place.listed + 1) }));
  if (tails.length === 0) return { found: [], unknown: undefined };
  const looks = looksPerByte(query.words);
  if (looks <= FEW_LOOKS) return findStepwise(pool, tails, query);
  return findInPart(pool, [...valuesOf(tails, query), query.limit + 1, Math.floor(mostLooks / looks)]);
};
