import { emailClaim, usernameClaim } from '../../domain/claims/decider.js';
import { idOfStream, type StreamId, type UserId } from '../../domain/kernel/ids.js';
import { emailKey } from '../../domain/users/email.js';
import { usernameKey } from '../../domain/users/username.js';
import { BoundedCache } from '../kernel/bounded-cache.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';
import type { KeyedHashes } from '../ports/keyed-hashes.js';

/** The claims that are remembered, of a hundred bytes each. */
const MOST_CLAIMS = 20_000;

/** Finds the user who holds a name. It asks the log, so that the answer is true at this moment. */
export interface UserLookup {
  byUsername(username: string): Promise<UserId | null>;
  /** Answers who holds which of these names; names that nobody holds are left out. It asks once, however many they are. */
  byUsernames(usernames: readonly string[]): Promise<ReadonlyMap<string, UserId>>;
  byEmail(email: string): Promise<UserId | null>;
  /** Takes a username, or an e-mail address when it has an @. */
  byLogin(login: string): Promise<UserId | null>;
}

interface RememberedClaim {
  readonly revision: number;
  readonly userId: UserId | null;
}

/** Looks many names up: by one question for the ends of all claims, and by their content where that has changed. */
const lookUpMany = (store: EventStore, hashes: KeyedHashes): UserLookup['byUsernames'] => {
  const remembered = new BoundedCache<StreamId, RememberedClaim>({ most: MOST_CLAIMS, weightOf: () => 1 });

  const claimantOf = async (stream: StreamId, revision: number): Promise<UserId | null> => {
    const known = remembered.get(stream);
    if (known?.revision === revision) return known.userId;
    const claim = await load(store, usernameClaim, idOfStream(stream));
    const { claimedBy: userId } = claim.state;
    if (claim.revision !== 'no stream') remembered.set(stream, { revision: claim.revision, userId });
    return userId;
  };

  return async (usernames) => {
    const streams = new Map(usernames.map((name) => [name, hashes.usernameStream(usernameKey(name))]));
    const heads = await store.heads([...new Set(streams.values())]);
    const found = new Map<string, UserId>();
    await Promise.all(
      [...streams].map(async ([name, stream]) => {
        const head = heads.get(stream);
        const userId = head ? await claimantOf(stream, head.revision) : null;
        if (userId !== null) found.set(name, userId);
      }),
    );
    return found;
  };
};

export const createUserLookup = (store: EventStore, hashes: KeyedHashes): UserLookup => {
  const byUsername = async (username: string) =>
    (await load(store, usernameClaim, idOfStream(hashes.usernameStream(usernameKey(username))))).state.claimedBy;
  const byEmail = async (email: string) =>
    (await load(store, emailClaim, idOfStream(hashes.emailStream(emailKey(email))))).state.claimedBy;
  return {
    byUsername,
    byUsernames: lookUpMany(store, hashes),
    byEmail,
    byLogin: (login) => (login.includes('@') ? byEmail(login) : byUsername(login)),
  };
};
