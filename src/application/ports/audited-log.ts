import type { ConversationId, Instant, Position, StreamId, UserId } from '../../domain/kernel/ids.js';
import type { EventHeader, EventMetadata } from './event-store.js';
import type { Stretch } from './audit-index.js';

/** An event as it is shown to auditors. */
export interface AuditedEvent extends EventHeader {
  /** What it holds, lifted to its newest shape; null where it cannot be decoded. */
  readonly data: object | null;
  readonly metadata: EventMetadata | null;
  /** Whether it belongs to an erased user: what was personal is shown as `erased`. */
  readonly isErased: boolean;
  /** Why it cannot be decoded, and its bytes as they are stored. */
  readonly undecodable: { readonly reason: string; readonly data: Buffer; readonly metadata: Buffer } | null;
  /** What is known of it in any case, as far as its bytes tell; null where they do not. */
  readonly actorId: UserId | null;
  readonly recordedAt: Instant | null;
  readonly conversationId: ConversationId | null;
  readonly userIds: readonly UserId[];
}

/** Events that came one after another. There are none where nothing has come for some seconds. */
export interface AuditedBatch {
  readonly events: readonly AuditedEvent[];
}

/** The log as it is shown to auditors: every event of it, also one that cannot be decoded. */
export interface AuditedLog {
  head(): Promise<Position>;
  /** Answers the events at these positions, in the order of the log. */
  at(positions: readonly Position[]): Promise<readonly AuditedEvent[]>;
  /** Answers the first events of a stretch. */
  first(stretch: Stretch, limit: number): Promise<readonly AuditedEvent[]>;
  /** Answers the events of a stream from a revision on, at most so many. */
  stream(streamId: StreamId, part: { readonly from: number; readonly limit: number }): Promise<readonly AuditedEvent[]>;
  /** Follows the log behind a position, until the signal. */
  follow(after: Position, signal: AbortSignal): AsyncIterable<AuditedBatch>;
}
