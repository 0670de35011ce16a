import type { UserId } from '../../domain/kernel/ids.js';
import type { EventBatch } from '../ports/event-store.js';
import { BoundedCache } from '../kernel/bounded-cache.js';

/** More users than are erased before every server has ended their sessions. */
const MOST_USERS = 10_000;

/**
 * The users who were erased while the log was followed. What they sent at that very moment, through a server that had not
 * heard of it, is in the log with its text, and the read model does not show it.
 */
export class ErasedUsers {
  readonly #users = new BoundedCache<UserId, true>({ most: MOST_USERS, weightOf: () => 1 });

  has(userId: UserId): boolean {
    return this.#users.get(userId) === true;
  }

  /** Notes who is erased by a batch, before anything of it is told. */
  note({ events }: Pick<EventBatch, 'events'>): void {
    for (const { type, data } of events) if (type === 'UserErased') this.#users.set(data.userId, true);
  }
}
