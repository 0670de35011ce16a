import { secondsAfter } from '../../application/kernel/seconds-after.js';
import { followSessionEnds } from '../../application/sessions/follow-session-ends.js';
import { orAborted } from '../or-aborted.js';
import { createEndedSessions } from '../read-models/postgres/ended-sessions.js';
import { sessionMemorySeconds } from '../security/session-memory.js';
import type { ServerParts } from './server-parts.js';

/** Keeps ended sessions out, until it is released; resolves once all of them are known. The signal ends the start. */
export const runSessionDenylist = async (parts: ServerParts, signal: AbortSignal): Promise<void> => {
  const { application, pool, events: store, consumers, config, releases } = parts;
  const { denylist, onErased, clock } = application;
  const ending = new AbortController();
  const since = secondsAfter(clock(), -sessionMemorySeconds(config));
  const known = new Promise<void>((resolve) => {
    const follow = followSessionEnds(
      { denylist, onErased },
      { store, ended: createEndedSessions(pool), since },
      resolve,
    );
    void consumers.run('session denylist', ending.signal, follow);
    releases.own('session denylist', ending, (it) => it.abort());
  });
  await orAborted(known, signal);
};
