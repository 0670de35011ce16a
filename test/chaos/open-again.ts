import type { BenchUser } from '../bench/bench-users.js';

export interface OpenAgainParts {
  readonly pickServer: () => string;
  readonly ada: BenchUser;
  readonly bob: BenchUser;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Opens an existing direct conversation again and again: each time the log refuses an append or recognises a repeat,
 * beside the other appends of its group. Answers how often that succeeded.
 */
export const openAgainAndAgain = async ({ pickServer, ada, bob, until }: OpenAgainParts): Promise<number> => {
  let opened = 0;
  while (Date.now() < until) {
    const answer = await fetch(`${pickServer()}/conversation/v1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.accessToken}` },
      body: JSON.stringify({ kind: 'direct', userId: bob.userId }),
    }).catch(() => undefined); // the server was killed: the next one is asked
    await answer?.arrayBuffer().catch(() => undefined); // it was killed while it answered
    if (answer?.ok) opened += 1;
  }
  return opened;
};
