import { emailClaim, usernameClaim } from '../../domain/claims/decider.js';
import type { StreamId, UserId } from '../../domain/kernel/ids.js';
import { emailKey } from '../../domain/users/email.js';
import { usernameKey } from '../../domain/users/username.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';
import type { KeyedHashes } from '../ports/keyed-hashes.js';

/** Answers the id of a claim: its stream's name without the category. */
export const claimIdOf = (stream: StreamId): string => stream.slice(stream.indexOf('-') + 1);

/** Finds the user who holds a name. It asks the log, so that the answer is true at this moment. */
export interface UserLookup {
  byUsername(username: string): Promise<UserId | null>;
  byEmail(email: string): Promise<UserId | null>;
  /** Takes a username, or an e-mail address when it has an @. */
  byLogin(login: string): Promise<UserId | null>;
}

export const createUserLookup = (store: EventStore, hashes: KeyedHashes): UserLookup => {
  const byUsername = async (username: string) =>
    (await load(store, usernameClaim, claimIdOf(hashes.usernameStream(usernameKey(username))))).state.claimedBy;
  const byEmail = async (email: string) =>
    (await load(store, emailClaim, claimIdOf(hashes.emailStream(emailKey(email))))).state.claimedBy;
  return { byUsername, byEmail, byLogin: (login) => (login.includes('@') ? byEmail(login) : byUsername(login)) };
};
