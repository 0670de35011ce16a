import type { Instant, Position, UserId } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached, justBefore, laterOf, LOG_START } from '../../domain/kernel/position.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
import type { AuditIndex, EventCriteria, Stretch } from '../ports/audit-index.js';
import { withoutSecrets } from '../exports/without-secrets.js';
import { readAhead } from '../kernel/read-ahead.js';
import type { AuditedPart } from './audited-stream.js';
import { isOfAudit } from './concerned.js';
import { eventsCursor, stretchOf } from './events-cursor.js';
import { fitsCriteria, type FindEvents } from './find-events.js';

/** Which events an auditor asks for. */
export interface EventsQuery extends EventCriteria {
  /** The position behind which they are. */
  readonly after?: Position | undefined;
  /** The position before which they are. */
  readonly before?: Position | undefined;
}

/** An event as it is answered. */
export interface ShownEvent {
  readonly position: Position;
  readonly streamId: string;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordedAt: Instant | null;
  readonly data: object | null;
  readonly metadata: object | null;
  /** Said of what belongs to an erased user. */
  readonly erased?: true;
  /** Said of what cannot be decoded: why, and what is stored, in base64. */
  readonly undecodable?: { readonly reason: string; readonly data: string; readonly metadata: string };
}

interface EventsPage {
  readonly events: readonly ShownEvent[];
  readonly nextCursor: string | null;
}

/** The events that are read for one piece of a stream: some hundred KiB. */
const AT_ONCE = 500;

/** It says that all is well, to the reader and to what is between, and that the reader is still there. */
const SILENCE: AuditedPart = { content: Buffer.from('\n'), results: 0, userIds: [] };

const undecodableOf = ({ undecodable }: AuditedEvent): Pick<ShownEvent, 'undecodable'> =>
  undecodable
    ? {
        undecodable: {
          reason: undecodable.reason,
          data: undecodable.data.toString('base64'),
          metadata: undecodable.metadata.toString('base64'),
        },
      }
    : {};

/** Answers an event as it is shown. What only serves to check a secret is left out. */
export const shownEvent = (event: AuditedEvent): ShownEvent => {
  const { position, streamId, revision, eventId, type, schemaVersion, recordedAt, metadata, isErased } = event;
  const data = event.data && withoutSecrets(event.data);
  const shown = { position, streamId, revision, eventId, type, schemaVersion, recordedAt, data, metadata };
  // Few events say more. To put each together from parts took a tenth of the time of a whole log.
  if (!isErased && !event.undecodable) return shown;
  return { ...shown, ...(isErased && { erased: true as const }), ...undecodableOf(event) };
};

/** Answers the users of whom these events show something. What tells of audits concerns nobody. */
export const shownUsers = (events: readonly AuditedEvent[]): Set<UserId> =>
  new Set(events.filter((event) => !isOfAudit(event)).flatMap(({ userIds }) => userIds));

/** Refuses a range whose end lies before its beginning. */
export const requireForwards = ({ after = LOG_START, before, from, to }: EventsQuery): void => {
  const isBackwards = before !== undefined && comparePositions(before, after) <= 0;
  if (isBackwards || (from !== undefined && to !== undefined && from > to)) reject('audit_range_backwards');
};

/** Answers the stretch that is asked for, as the log is now. */
export const askedStretch = ({ after = LOG_START, before }: EventsQuery, head: Position): Stretch => {
  const upTo = before === undefined || hasReached(justBefore(before), head) ? head : justBefore(before);
  return { after, upTo };
};

/** Answers where a page goes on, never outside of what is asked for: a cursor may be made up, and another auditor approves no cursors. */
export const narrowed = (asked: Stretch, { after, upTo }: Stretch): Stretch => ({
  after: laterOf(asked.after, after),
  upTo: hasReached(upTo, asked.upTo) ? asked.upTo : upTo,
});

const part = (events: readonly AuditedEvent[]): AuditedPart => ({
  content: Buffer.from(events.map((event) => `${JSON.stringify(shownEvent(event))}\n`).join('')),
  results: events.length,
  userIds: shownUsers(events),
});

export interface EventListParts {
  readonly log: AuditedLog;
  readonly find: FindEvents;
  /** Answers up to where the index holds every event. */
  readonly reached: AuditIndex['reached'];
}

async function* stretchParts(find: FindEvents, criteria: EventCriteria, stretch: Stretch, signal: AbortSignal) {
  let { after } = stretch;
  while (!hasReached(after, stretch.upTo) && !signal.aborted) {
    const { events, lookedUpTo } = await find(criteria, { after, upTo: stretch.upTo }, AT_ONCE);
    if (events.length > 0) yield part(events);
    after = lookedUpTo;
  }
}

async function* streamParts(
  { log, find }: EventListParts,
  query: EventsQuery,
  isFollowing: boolean,
  signal: AbortSignal,
): AsyncGenerator<AuditedPart> {
  const { after: _, before: __, ...criteria } = query;
  const stretch = askedStretch(query, await log.head());
  yield* readAhead(stretchParts(find, criteria, stretch, signal));
  if (!isFollowing) return;
  const fits = fitsCriteria(criteria);
  for await (const { events } of log.follow(laterOf(stretch.after, stretch.upTo), signal)) {
    const fitting = events.filter(fits);
    yield fitting.length > 0 ? part(fitting) : SILENCE;
  }
}

/** Lists events, page by page, or all of them piece by piece. */
export const eventList = (parts: EventListParts) => {
  const { log, find, reached } = parts;

  return {
    /** Lists a page, and the cursor to the next one. */
    listAuditEvents: async (query: EventsQuery & { readonly cursor?: string | undefined }, limit: number) => {
      requireForwards(query);
      const { after: _, before: __, cursor, ...criteria } = query;
      const [head, indexed] = await Promise.all([log.head(), reached()]);
      const asked = askedStretch(query, head);
      const stretch = cursor === undefined ? asked : narrowed(asked, stretchOf(cursor));
      // One question, which looks at a bounded part of the stretch: it may find nothing, and the page says where to go on.
      const { events, lookedUpTo } = await find(criteria, stretch, limit, indexed);
      const isWhole = hasReached(lookedUpTo, stretch.upTo);
      const nextCursor = isWhole ? null : eventsCursor({ after: lookedUpTo, upTo: stretch.upTo });
      const page: EventsPage = { events: events.map(shownEvent), nextCursor };
      return { page, userIds: shownUsers(events) };
    },
    /**
     * Answers what streams events as lines of JSON: of the log as it is now or, where it follows and has no end, also what comes. While
     * nothing comes there is an empty line now and then.
     */
    streamAuditEvents: (query: EventsQuery, isFollowing: boolean) => {
      requireForwards(query);
      return (signal: AbortSignal): AsyncIterable<AuditedPart> =>
        streamParts(parts, query, isFollowing && query.before === undefined, signal);
    },
  };
};
