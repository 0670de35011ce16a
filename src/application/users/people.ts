import type { UserId } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import type { UserState } from '../../domain/users/state.js';
import { remember, type Remembered } from '../kernel/remembered.js';
import type { EventStore } from '../ports/event-store.js';

const KEPT = 20_000;

/** People as the log has them. */
export type People = Remembered<UserId, UserState>;

export const createPeople = (store: EventStore): People => remember(store, user, KEPT);
