import type { ConversationId, Instant, Position, StreamId, UserId } from '../../domain/kernel/ids.js';

/** What events are looked for; each field that is given narrows it. */
export interface EventCriteria {
  readonly type?: string | undefined;
  readonly streamId?: StreamId | undefined;
  /** Who acted. */
  readonly actorId?: UserId | undefined;
  /** Who acted, or is named. */
  readonly userId?: UserId | undefined;
  readonly conversationId?: ConversationId | undefined;
  /** The first moment. */
  readonly from?: Instant | undefined;
  /** The moment before which all are. */
  readonly to?: Instant | undefined;
}

/** A stretch of the log, the event at its end included. */
export interface Stretch {
  readonly after: Position;
  readonly upTo: Position;
}

/** What was found in a part of a stretch. */
export interface FoundPositions {
  /** The events that may fit, in the order of the log: what is parked is not known, and listed too. */
  readonly positions: readonly Position[];
  /** Up to here everything was looked at. It is the end of the stretch where there is nothing more. */
  readonly lookedUpTo: Position;
}

/** The lengths of time over which events are counted. */
export const BUCKETS = ['minute', 'hour', 'day'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** How many events of a type there are in a stretch of time that begins then. */
export interface EventCount {
  readonly start: Instant;
  readonly type: string;
  readonly events: number;
}

/** Counts, and the last event that is counted in them. */
interface CountedEvents {
  readonly counts: readonly EventCount[];
  /** It is `LOG_START` where there is none yet. */
  readonly position: Position;
}

export interface CountQuery {
  readonly bucket: Bucket;
  readonly type?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  /** The last one of the page before. */
  readonly after?: Pick<EventCount, 'start' | 'type'> | undefined;
  readonly limit: number;
}

/** Finds events without reading the log: by ids, types and times, never by content. */
export interface AuditIndex {
  /** Answers up to where the index holds every event; `LOG_START` where there is none yet. */
  reached(): Promise<Position>;
  /** Finds at most so many, and looks at a bounded number: where few fit, it answers few, and says how far it has looked. */
  find(criteria: EventCriteria, stretch: Stretch, limit: number): Promise<FoundPositions>;
  /** Counts by time and type, in the order of both, and says of the same moment up to where. */
  count(query: CountQuery): Promise<CountedEvents>;
}
