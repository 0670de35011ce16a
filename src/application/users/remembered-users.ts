import type { UserId } from '../../domain/kernel/ids.js';
import { user } from '../../domain/users/decider.js';
import type { UserState } from '../../domain/users/state.js';
import { remember, type Remembered } from '../kernel/remembered.js';
import type { EventStore } from '../ports/event-store.js';

const MEBIBYTE = 1_048_576;
const MOST_BYTES = 32 * MEBIBYTE;
/** Measured: the bytes that a user takes, and each of their contacts and blocks. */
const BYTES = 1_500;
const BYTES_OF_A_RELATION = 80;

const bytesOf = (state: UserState): number =>
  BYTES + (state.status === 'registered' ? state.contacts.size + state.blocked.size : 0) * BYTES_OF_A_RELATION;

/** Users as the log has them. */
export type Users = Remembered<UserId, UserState>;

export const rememberUsers = (store: EventStore): Users =>
  remember(store, user, { most: MOST_BYTES, weightOf: bytesOf });
