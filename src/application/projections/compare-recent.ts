import type { Position } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../domain/kernel/position.js';
import type { EventStore, RecordedEvent } from '../ports/event-store.js';
import type { RecentEvents } from '../ports/projection-generations.js';
import { handledTypes } from './projector.js';
import type { RegisteredProjection } from './registered-projection.js';
import { requireVersion } from './require-version.js';

/** The events that are looked for: they take a second or two, however long the log is. */
const NEWEST = 5_000;
/** A rebuild that replaces the tables in use while they are read makes them look empty. */
const LOOKS = 2;

export interface CompareRecentParts extends Pick<RegisteredProjection, 'projection' | 'generations'> {
  readonly events: EventStore;
}

/** The events that were looked for, and what was not as it must be, in the order of the log. */
export interface RecentlyCompared {
  readonly events: number;
  readonly problems: readonly string[];
}

/** Reads what the projection is made from, between two positions, without what cannot be decoded. */
const eventsBetween = async (
  { events, projection }: CompareRecentParts,
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

const look = async (parts: CompareRecentParts): Promise<RecentlyCompared> => {
  let count = 0;
  const recent = async (to: Position, parked: ReadonlySet<Position>): Promise<RecentEvents | undefined> => {
    const after = await parts.events.positionBefore(to, NEWEST);
    if (hasReached(after, to)) return undefined;
    await requireVersion(parts);
    const all = await eventsBetween(parts, after, to);
    const events = all.filter(({ position }) => !parked.has(position));
    count = events.length;
    return { events, after, to };
  };
  const problems = [...(await parts.generations.findProblems(recent))];
  problems.sort((one, other) => comparePositions(one.position, other.position));
  return { events: count, problems: problems.map(({ problem }) => problem) };
};

/** Looks for what the newest events have left in the tables in use. A problem counts when a second look finds it too. */
export const compareRecent = async (parts: CompareRecentParts): Promise<RecentlyCompared> => {
  let compared = await look(parts);
  for (let looks = 1; looks < LOOKS && compared.problems.length > 0; looks += 1) compared = await look(parts);
  return compared;
};
