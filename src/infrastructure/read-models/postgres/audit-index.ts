import type pg from 'pg';
import type { AuditIndex, EventCriteria, FoundPositions, Stretch } from '../../../application/ports/audit-index.js';
import { startOf } from '../../../application/projections/audit-index.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached, justBefore, LOG_START } from '../../../domain/kernel/position.js';
import { stretchesFrom, stretchesTo } from './audit-index-stretches.js';
import * as sql from './audit-index.sql.js';

/** The rows that one question looks at: 2,000 of them take some 5 ms. */
const LOOKED_AT = 2_000;
/** A page that asks for more looks at more. */
const LOOKED_AT_FOR_EACH = 2;

/** Answers by what rows are looked for: where several are given, by the one that most likely has the fewest. */
const wayOf = (criteria: EventCriteria): sql.Way => {
  const ways = ['streamId', 'conversationId', 'userId', 'actorId', 'type'] as const;
  return ways.find((way) => criteria[way] !== undefined) ?? 'nothing';
};

/** Answers how many rows to look at for so many that fit: where nothing else is asked for, each row of the way fits. */
const rowsFor = (criteria: EventCriteria, way: sql.Way, limit: number): number => {
  const given = Object.values(criteria).filter((value) => value !== undefined);
  return way !== 'nothing' && given.length === 1 ? limit : Math.max(LOOKED_AT, LOOKED_AT_FOR_EACH * limit);
};

/** What one question has looked at. */
interface LookedAt {
  readonly rows: number;
  readonly last: Position | null;
  readonly positions: readonly Position[];
}

const NOTHING: LookedAt = { rows: 0, last: null, positions: [] };

const earlierOf = (one: Position, other: Position): Position => (hasReached(one, other) ? other : one);

/** The questions for events of which the index does not know whether they fit: the log says it. */
const notKnownBy = ({ conversationId }: EventCriteria) =>
  conversationId === undefined ? [sql.PARKED] : [sql.PARKED, sql.UNTOLD];

/** The index of events in PostgreSQL. */
export const createAuditIndex = (pool: pg.Pool): AuditIndex => {
  const select = async <Row extends object>(
    query: { readonly name: string; readonly text: string },
    ...values: unknown[]
  ): Promise<Row[]> => (await pool.query<Row>({ ...query, values })).rows;

  const positionOf = async (query: { readonly name: string; readonly text: string }, ...values: unknown[]) =>
    (await select<{ position: Position | null }>(query, ...values))[0]?.position ?? null;

  /** Answers the part of a stretch in which events of a time can be; undefined where there are none. */
  const within = async ({ after, upTo }: Stretch, { from, to }: EventCriteria): Promise<Stretch | undefined> => {
    const first = from === undefined ? LOG_START : await positionOf(sql.FIRST_SINCE, ...stretchesFrom(from));
    const last = to === undefined ? upTo : await positionOf(sql.LAST_BEFORE, ...stretchesTo(to));
    if (first === null || last === null) return undefined;
    const before = justBefore(first);
    return { after: hasReached(after, before) ? after : before, upTo: earlierOf(upTo, last) };
  };

  const notKnown = async (criteria: EventCriteria, { after, upTo }: Stretch, limit: number): Promise<Position[]> => {
    const asked = notKnownBy(criteria).map((query) => select<{ position: Position }>(query, after, upTo, limit));
    return (await Promise.all(asked)).flat().map(({ position }) => position);
  };

  const find = async (criteria: EventCriteria, stretch: Stretch, limit: number): Promise<FoundPositions> => {
    const way = wayOf(criteria);
    const rows = rowsFor(criteria, way, limit);
    const { type, streamId, actorId, conversationId, from, to, userId } = criteria;
    const by = way === 'nothing' ? undefined : criteria[way];
    const others = [type, streamId, actorId, conversationId, from, to, way === 'userId' ? undefined : userId];
    const values = [by, stretch.after, stretch.upTo, rows, ...others];
    const [found = NOTHING] = await select<LookedAt>(sql.findBy(way), ...values);
    const isWhole = found.rows < rows || found.last === null;
    return { positions: found.positions, lookedUpTo: isWhole ? stretch.upTo : found.last };
  };

  /** Looks at the part of a stretch in which events of the time can be: behind it there are none. */
  const findWithin = async (criteria: EventCriteria, stretch: Stretch, limit: number): Promise<FoundPositions> => {
    const part = await within(stretch, criteria);
    if (!part) return { positions: [], lookedUpTo: stretch.upTo };
    const found = await find(criteria, part, limit);
    return hasReached(found.lookedUpTo, part.upTo) ? { ...found, lookedUpTo: stretch.upTo } : found;
  };

  return {
    reached: async () => (await positionOf(sql.REACHED)) ?? LOG_START,
    find: async (criteria, stretch, limit) => {
      const found = await findWithin(criteria, stretch, limit);
      const end = found.lookedUpTo;
      const unknown = await notKnown(criteria, { after: stretch.after, upTo: end }, limit);
      const positions = [...found.positions, ...unknown].sort(comparePositions).slice(0, limit);
      // What is beyond the last one is looked at again.
      const isCut = positions.length === limit;
      return { positions, lookedUpTo: isCut ? (positions.at(-1) ?? end) : end };
    },
    count: ({ bucket, type, from, to, after, limit }) =>
      select(sql.COUNT, ...[bucket, type, from && startOf(bucket, from), to, after?.start, after?.type, limit]),
  };
};
