import type { UserId } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import type { UserState } from '../../domain/users/state.js';
import { remember, type Remembered } from '../kernel/remembered.js';
import type { EventStore } from '../ports/event-store.js';

const KEPT = 20_000;

/** Users as the log has them. */
export type Users = Remembered<UserId, UserState>;

export const rememberUsers = (store: EventStore): Users => remember(store, user, KEPT);
