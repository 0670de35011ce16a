import type { Subject } from '../../domain/audit/subject-tree.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, justBefore } from '../../domain/kernel/position.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { EventCriteria, Stretch } from '../ports/audit-index.js';
import { stretchOf } from './events-cursor.js';
import type { FindEvents } from './find-events.js';
import { askedStretch, narrowed, requireForwards } from './list-events.js';

/** What an auditor asks a bundle of: the events of a range of positions or times, or those of a conversation or a user in it. */
export interface ExportQuery extends Pick<EventCriteria, 'from' | 'to' | 'conversationId' | 'userId'> {
  /** The position behind which they are. */
  readonly after?: Position | undefined;
  /** The position before which they are. */
  readonly before?: Position | undefined;
  /** Where a part begins, as the part before it has answered. */
  readonly cursor?: string | undefined;
  /** The most events of a part. Without it, all is asked for in one bundle. */
  readonly limit?: number | undefined;
}

/** Answers the conversation or the user that is asked for; undefined where all events are. */
export const subjectOf = ({ conversationId, userId }: ExportQuery): Subject | undefined => {
  if (conversationId !== undefined) return { kind: 'conversation', id: conversationId };
  return userId === undefined ? undefined : { kind: 'user', id: userId };
};

/** The most events that one bundle holds, and the bytes of files above which it takes only one more. */
export const MOST_EXPORTED = 10_000;
export const MOST_FILE_BYTES = 512 * 1_048_576;

/** So many events are looked at for one of a time. */
const AT_ONCE = 500;

/**
 * Answers the stretch from the first event of a time to the last one, or to the one with which a bundle is full. Times of events
 * do not ascend exactly along the log: what stands between is in it too.
 */
const stretchOfTime = async (
  find: FindEvents,
  criteria: EventCriteria,
  asked: Stretch,
): Promise<Stretch | undefined> => {
  const found: Position[] = [];
  for (let { after } = asked; !hasReached(after, asked.upTo) && found.length <= MOST_EXPORTED;) {
    const { events, lookedUpTo } = await find(criteria, { after, upTo: asked.upTo }, AT_ONCE);
    found.push(...events.map(({ position }) => position));
    after = lookedUpTo;
  }
  const [first, last] = [found[0], found.at(-1)];
  return first === undefined || last === undefined ? undefined : { after: justBefore(first), upTo: last };
};

/** A stretch that is exported. */
interface AskedExport {
  readonly stretch: Stretch;
  /** Up to here all parts go, those that are still to come included. */
  readonly end: Position;
}

/** Answers which stretch of the log is asked for, as the log is now. Rejects `audit_range_backwards` and `audit_export_empty`. */
export const stretchToExport = async (
  find: FindEvents,
  { cursor, limit: _, after, before, ...criteria }: ExportQuery,
  head: Position,
): Promise<AskedExport> => {
  const { from, to } = criteria;
  requireForwards({ after, before, from, to });
  const asked = askedStretch({ after, before }, head);
  const whole = cursor === undefined ? asked : narrowed(asked, stretchOf(cursor));
  const isOfTime = from !== undefined || to !== undefined;
  const stretch = isOfTime ? await stretchOfTime(find, criteria, whole) : whole;
  return { stretch: stretch ?? reject('audit_export_empty'), end: whole.upTo };
};
