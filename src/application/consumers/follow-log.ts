import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position } from '../../domain/kernel/ids.js';
import type { EventBatch, EventStore } from '../ports/event-store.js';
import type { Work } from './consumers.js';

export interface FollowLogParts {
  readonly store: Pick<EventStore, 'subscribe'>;
  readonly types: readonly ChatEventType[];
  readonly after: Position;
  /** Called with every batch, one after another. If it throws, the follower is started again with the same batch. */
  readonly take: (batch: EventBatch, signal: AbortSignal) => Promise<void> | void;
}

/** Follows the log. When it is started again, it goes on behind the last batch that was taken. */
export const followLog = ({ store, types, after, take }: FollowLogParts): Work => {
  let position = after;
  return async (consumer, signal) => {
    for await (const batch of store.subscribe({ after: position, filter: { types }, signal })) {
      await take(batch, signal);
      position = batch.position;
      consumer.reached(position);
    }
  };
};
