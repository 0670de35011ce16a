import type pg from 'pg';
import type { EventStore, RecordedEvent } from '../../application/ports/event-store.js';
import { handledTypes, type Projection } from '../../application/projections/projector.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import { checkpointOf, isOutdated } from './postgres/generations.js';
import { parkedEvents } from './postgres/projection-status.js';
import type { ReadModel } from './postgres/read-model.js';
import type { RecentEvents } from './postgres/recent-question.js';

/** So many positions take a second or two, on a log of whatever length. */
const NEWEST = 5_000n;
/** A rebuild that changes places with the tables in use while they are read makes them look empty. */
const LOOKS = 2;

export interface CompareRecentParts<Writers> {
  readonly pool: pg.Pool;
  readonly events: EventStore;
  readonly projection: Projection<Writers>;
  readonly readModel: ReadModel<Writers>;
}

interface Problem {
  readonly problem: string;
  readonly position: Position;
}

/** What was looked for, and what was not as it must be, in the order of the log. */
export interface RecentlyCompared {
  readonly events: number;
  readonly problems: readonly string[];
}

const newestUpTo = (to: Position): Position => {
  const after = BigInt(to) - NEWEST;
  return String(after > 0n ? after : 0n) as Position;
};

/** What the projection is made from, between two positions; without what cannot be decoded. */
const eventsBetween = async (
  { events, projection }: Pick<CompareRecentParts<never>, 'events' | 'projection'>,
  after: Position,
  to: Position,
): Promise<RecordedEvent[]> => {
  const found: RecordedEvent[] = [];
  const reached = new AbortController();
  const filter = { types: handledTypes(projection) };
  for await (const batch of events.subscribe({ after, filter, signal: reached.signal })) {
    found.push(...batch.events.filter(({ position }) => hasReached(to, position)));
    if (hasReached(batch.position, to)) reached.abort();
  }
  return found;
};

const look = async <Writers>(
  { pool, events, projection, readModel }: CompareRecentParts<Writers>,
  snapshot: pg.ClientBase,
): Promise<RecentlyCompared> => {
  const { name } = projection;
  const to = await checkpointOf(snapshot, name);
  const parked = new Set((await parkedEvents(snapshot, name)).map(({ position }) => position));
  const after = newestUpTo(to);
  if (hasReached(after, to)) return { events: 0, problems: [] };
  if (await isOutdated(pool, projection))
    throw new Error(`the tables of ${name} are of another version: start this version of the server once`);
  const all = await eventsBetween({ events, projection }, after, to);
  const newest: RecentEvents = { events: all.filter(({ position }) => !parked.has(position)), after, to };
  const problems: Problem[] = [];
  for (const { text, values } of readModel.recent(newest))
    problems.push(...(await snapshot.query<Problem>(text, [...values])).rows);
  problems.sort((one, other) => Number(BigInt(one.position) - BigInt(other.position)));
  return { events: newest.events.length, problems: problems.map(({ problem }) => problem) };
};

/** Looks for what the newest events have left in the tables in use. A problem counts when a second look finds it too. */
export const compareRecent = async <Writers>(parts: CompareRecentParts<Writers>): Promise<RecentlyCompared> => {
  const snapshot = await parts.pool.connect();
  try {
    let compared: RecentlyCompared = { events: 0, problems: [] };
    for (let n = 0; n === 0 || (n < LOOKS && compared.problems.length > 0); n += 1) {
      await snapshot.query('begin isolation level repeatable read read only');
      compared = await look(parts, snapshot);
      await snapshot.query('rollback');
    }
    snapshot.release();
    return compared;
  } catch (error) {
    snapshot.release(true);
    throw error;
  }
};
