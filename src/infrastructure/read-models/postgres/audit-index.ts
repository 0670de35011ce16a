import type pg from 'pg';
import type {
  AuditIndex,
  EventCount,
  EventCriteria,
  FoundPositions,
  Stretch,
} from '../../../application/ports/audit-index.js';
import { startOf } from '../../../application/projections/audit-index.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, earlierOf, hasReached, justBefore, LOG_START } from '../../../domain/kernel/position.js';
import { stretchesFrom, stretchesTo } from './audit-index-stretches.js';
import * as sql from './audit-index.sql.js';

/** The rows that one question looks at of each index: 2,000 of two take about a millisecond. */
const LOOKED_AT = 2_000;
/** A page that asks for more looks at more. */
const LOOKED_AT_FOR_EACH = 2;

/** Answers how many rows to look at for so many that fit: where nothing else is asked for, each row of the one way fits. */
const rowsFor = (isTimed: boolean, ways: readonly sql.Way[], limit: number): number =>
  ways.length === 1 && !isTimed ? limit : Math.max(LOOKED_AT, LOOKED_AT_FOR_EACH * limit);

/** Where the first and the last event of a time stand; null where there is none. */
interface TimePlace {
  readonly first: Position | null;
  readonly last: Position | null;
}

/** Answers the part of a stretch in which such events can be, which may be empty. */
const partOf = ({ after, upTo }: Stretch, { first, last }: TimePlace): Stretch => {
  if (first === null || last === null) return { after: upTo, upTo };
  const before = justBefore(first);
  return { after: hasReached(after, before) ? after : before, upTo: earlierOf(upTo, last) };
};

/** Counts of one type in a stretch of time, which is null where there are none, and up to where they are. */
interface CountRow extends Omit<EventCount, 'start'> {
  readonly start: EventCount['start'] | null;
  readonly position: Position | null;
}

/** The bounds of a time without a beginning, and of one without an end. */
const NEVER_BEFORE = Array<string>(3).fill('-infinity');
const NEVER_BEHIND = Array<string>(3).fill('infinity');

/** What one question has found. */
interface Found extends FoundPositions {
  /** The first events of the stretch of which the index does not know whether they fit: the log says it. */
  readonly unknown: readonly Position[];
}

/** The index of events in PostgreSQL. */
export const createAuditIndex = (pool: pg.Pool): AuditIndex => {
  const select = async <Row extends object>(
    query: { readonly name: string; readonly text: string },
    ...values: unknown[]
  ): Promise<Row[]> => (await pool.query<Row>({ ...query, values })).rows;

  /** Answers the part of a stretch in which events of a time can be. */
  const within = async (stretch: Stretch, { from, to }: EventCriteria): Promise<Stretch> => {
    if (from === undefined && to === undefined) return stretch;
    const [found] = await select<TimePlace>(
      sql.WITHIN,
      ...(from ? stretchesFrom(from) : NEVER_BEFORE),
      ...(to ? stretchesTo(to) : NEVER_BEHIND),
    );
    return partOf(stretch, found as TimePlace);
  };

  /** Looks at the part of a stretch in which events of the time can be: behind it there are none. */
  const findWithin = async (criteria: EventCriteria, stretch: Stretch, limit: number): Promise<Found> => {
    const ways = sql.WAYS.filter((way) => criteria[way] !== undefined);
    const { from, to } = criteria;
    const part = await within(stretch, criteria);
    const isTimed = from !== undefined || to !== undefined;
    const rows = rowsFor(isTimed, ways, limit);
    const bounds = [part.after, part.upTo, rows, limit, from, to, stretch.after, stretch.upTo];
    const values = ways.map((way) => criteria[way]);
    const [found] = (await select<Found>(sql.findBy(ways, isTimed), ...bounds, ...values)) as [Found];
    return hasReached(found.lookedUpTo, part.upTo) ? { ...found, lookedUpTo: stretch.upTo } : found;
  };

  return {
    reached: async () => (await select<{ position: Position }>(sql.REACHED))[0]?.position ?? LOG_START,
    find: async (criteria, stretch, limit) => {
      const { positions: known, unknown, lookedUpTo: end } = await findWithin(criteria, stretch, limit);
      const untold = unknown.filter((position) => hasReached(end, position));
      const positions = [...known, ...untold].sort(comparePositions).slice(0, limit);
      // What is beyond the last one is looked at again.
      const isCut = positions.length === limit;
      return { positions, lookedUpTo: isCut ? (positions.at(-1) ?? end) : end };
    },
    count: async ({ bucket, type, from, to, after, limit }) => {
      const bounds = [from && startOf(bucket, from), to, after?.start, after?.type];
      const rows = await select<CountRow>(sql.COUNT, bucket, type, ...bounds, limit);
      const counts = rows.flatMap(({ start, type: of, events }) =>
        start === null ? [] : [{ start, type: of, events }],
      );
      return { counts, position: rows[0]?.position ?? LOG_START };
    },
  };
};
