import type { UserId } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import type { UserState } from '../../domain/users/state.js';
import { load, type Loaded } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';

const KEPT = 20_000;

/** People as the log has them. What is remembered may be old: an append is conditional on the revision it saw. */
export interface People {
  /** `fresh` reads the log again. */
  find(userId: UserId, options?: { readonly fresh: boolean }): Promise<Loaded<UserState>>;
  /** The person has changed: what is remembered of them is old. */
  forget(userId: UserId): void;
}

export const createPeople = (store: EventStore): People => {
  const kept = new Map<UserId, Promise<Loaded<UserState>>>();

  const keep = (userId: UserId): Promise<Loaded<UserState>> => {
    const loading = load(store, user, userId).then(
      (loaded) => {
        if (loaded.state.status === 'absent' && kept.get(userId) === loading) kept.delete(userId);
        return loaded;
      },
      (error: unknown) => {
        if (kept.get(userId) === loading) kept.delete(userId);
        throw error;
      },
    );
    kept.delete(userId);
    kept.set(userId, loading);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return loading;
  };

  return {
    find: (userId, { fresh } = { fresh: false }) => (fresh ? undefined : kept.get(userId)) ?? keep(userId),
    forget: (userId) => void kept.delete(userId),
  };
};
