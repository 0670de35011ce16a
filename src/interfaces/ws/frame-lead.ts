import type { EventBatch, RecordedEvent } from '../../application/ports/event-store.js';
import type { ProjectionProgress } from '../../application/ports/projection-progress.js';
import type { MessageOrdinals } from '../../application/push/message-ordinals.js';
import { ordinalOf, projectionBefore } from '../../application/push/pushed-events.js';
import type { ConversationId, Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';

/** The time for which the read model may stay behind frames. Queries wait that long for what was pushed, and then some. */
const MOST_MS = 500;

export interface FrameLeadParts {
  readonly progress: Pick<ProjectionProgress, 'of'>;
  readonly ordinals: Pick<MessageOrdinals, 'count' | 'isKnown'>;
  /** Whether a user of this node is in a conversation. */
  readonly isFollowed: (conversationId: ConversationId) => boolean;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
}

/**
 * Decides which frames leave before the read model of messages shows what they say: those that need an ordinal alone, and
 * know it. Where the read model stays behind, all wait for it: clients would be told of what they cannot ask for.
 */
export class FrameLead {
  readonly #parts: FrameLeadParts;
  /** The first frames that the read model had not reached when it was last looked at, and when they were sent. */
  #first: { readonly position: Position; readonly sentAt: number } | undefined;

  constructor(parts: FrameLeadParts) {
    this.#parts = parts;
  }

  /** Counts the messages of the next batch that is delivered, or of the last one again, and says whether its frames may lead. */
  countAndAllow({ events }: Pick<EventBatch, 'events'>): boolean {
    this.#parts.ordinals.count(events);
    const waiting = events.filter(({ type }) => projectionBefore(type) !== null);
    const last = waiting.at(-1);
    return !last || (waiting.every((event) => this.#isReady(event)) && this.#isInTime(last.position));
  }

  #isReady(event: RecordedEvent): boolean {
    const { ordinals, isFollowed } = this.#parts;
    const message = ordinalOf(event);
    return message !== undefined && (ordinals.isKnown(message.messageId) || !isFollowed(message.conversationId));
  }

  #isInTime(position: Position): boolean {
    const { progress, now } = this.#parts;
    const sentAt = now();
    if (!this.#first || hasReached(progress.of('messages'), this.#first.position)) this.#first = { position, sentAt };
    return sentAt - this.#first.sentAt <= MOST_MS;
  }
}
