import type { Position } from '../../domain/kernel/ids.js';
import { earlierOf, hasReached, laterOf } from '../../domain/kernel/position.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
import type { AuditIndex, EventCriteria, FoundPositions, Stretch } from '../ports/audit-index.js';

export interface EventFinderParts {
  readonly log: AuditedLog;
  readonly index: AuditIndex;
}

/** What was found in a part of a stretch. */
interface FoundEvents {
  readonly events: readonly AuditedEvent[];
  /** Up to here everything was looked at; it is the end of the stretch where there is nothing more. */
  readonly lookedUpTo: FoundPositions['lookedUpTo'];
}

/**
 * Finds at most so many of the first events of a stretch that fit. It may answer fewer, and says how far it has looked. Up to where the
 * index holds every event is asked, unless it is known.
 */
export type FindEvents = (
  criteria: EventCriteria,
  stretch: Stretch,
  limit: number,
  indexed?: Position,
) => Promise<FoundEvents>;

/** The most events that are read of what the index does not have yet. */
const UNINDEXED_AT_ONCE = 2_000;

const isAnything = (criteria: EventCriteria): boolean => Object.values(criteria).every((value) => value === undefined);

const isAsGiven = <Value>(given: Value | undefined, value: Value | null): boolean =>
  given === undefined || given === value;

/** Says whether an event is looked for. */
export const fitsCriteria = (criteria: EventCriteria) => {
  const { type, streamId, actorId, userId, conversationId, from, to } = criteria;
  return (event: AuditedEvent): boolean =>
    isAsGiven(type, event.type) &&
    isAsGiven(streamId, event.streamId) &&
    isAsGiven(actorId, event.actorId) &&
    isAsGiven(conversationId, event.conversationId) &&
    (userId === undefined || event.userIds.includes(userId)) &&
    isWithin(event, from, to);
};

const isWithin = ({ recordedAt }: AuditedEvent, from: EventCriteria['from'], to: EventCriteria['to']): boolean => {
  if (from === undefined && to === undefined) return true;
  return recordedAt !== null && recordedAt >= (from ?? '') && (to === undefined || recordedAt < to);
};

/**
 * Finds events by the index, as far as it has come, and in the log itself behind that: what was appended a moment ago is found
 * though the index is behind.
 */
export const findEvents = ({ log, index }: EventFinderParts): FindEvents => {
  const inLog = async (criteria: EventCriteria, stretch: Stretch, limit: number): Promise<FoundEvents> => {
    const most = isAnything(criteria) ? limit : UNINDEXED_AT_ONCE;
    const read = await log.first(stretch, most);
    const fitting = read.filter(fitsCriteria(criteria));
    const events = fitting.slice(0, limit);
    if (fitting.length > limit) return { events, lookedUpTo: events.at(-1)?.position ?? stretch.after };
    return { events, lookedUpTo: (read.length === most ? read.at(-1)?.position : undefined) ?? stretch.upTo };
  };
  const indexed = async (criteria: EventCriteria, stretch: Stretch, limit: number): Promise<FoundEvents> => {
    const { positions, lookedUpTo } = await index.find(criteria, stretch, limit);
    const events = positions.length === 0 ? [] : await log.at(positions);
    return { events: events.filter(fitsCriteria(criteria)), lookedUpTo };
  };
  const upToEnd = async (criteria: EventCriteria, { after, upTo }: Stretch, limit: number, reached: Position) => {
    const end = earlierOf(reached, upTo);
    const found = await indexed(criteria, { after, upTo: end }, limit);
    const isWhole = hasReached(found.lookedUpTo, end) && found.events.length < limit;
    if (!isWhole || hasReached(end, upTo)) return found;
    const rest = await inLog(criteria, { after: laterOf(after, end), upTo }, limit - found.events.length);
    return { events: [...found.events, ...rest.events], lookedUpTo: rest.lookedUpTo };
  };
  return async (criteria, stretch, limit, known) => {
    const { after, upTo } = stretch;
    if (hasReached(after, upTo)) return { events: [], lookedUpTo: upTo };
    if (isAnything(criteria)) return inLog(criteria, stretch, limit);
    const reached = known ?? (await index.reached());
    return hasReached(after, reached) ? inLog(criteria, stretch, limit) : upToEnd(criteria, stretch, limit, reached);
  };
};
