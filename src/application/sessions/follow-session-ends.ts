import type { SessionEvents } from '../../domain/sessions/events.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { EndedSessions } from '../ports/ended-sessions.js';
import type { EventStore, RecordedEvent } from '../ports/event-store.js';
import type { SessionGate } from '../ports/session-gate.js';
import type { Instant, UserId } from '../../domain/kernel/ids.js';

const TYPES = ['SessionEnded', 'SessionsEnded', 'UserErased'];

/** Who takes note of what has ended. */
export interface Followers {
  readonly gate: SessionGate;
  /** Has this node know an erased person no more. */
  readonly onErased: (userId: UserId) => void;
}

const takeNote = ({ gate, onErased }: Followers, { type, data }: RecordedEvent): void => {
  if (type === 'SessionEnded') gate.sessionEnded((data as SessionEvents['SessionEnded']).sessionId);
  else if (type === 'UserErased') onErased((data as UserEvents['UserErased']).userId);
  else {
    const { userId, epoch, exceptSessionId } = data as UserEvents['SessionsEnded'];
    gate.sessionsEnded(userId, epoch, exceptSessionId);
  }
};

/**
 * Keeps the gate true: what ended of late from the read model, everything since from the log.
 * `ready` resolves once the log has been caught up with; `done` when the signal ends it.
 */
export const followSessionEnds = (
  followers: Followers,
  { store, ended }: { readonly store: EventStore; readonly ended: EndedSessions },
  since: Instant,
  signal: AbortSignal,
): { readonly ready: Promise<void>; readonly done: Promise<void> } => {
  const { gate } = followers;
  let done = Promise.resolve();
  const ready = new Promise<void>((resolve, reject) => {
    const follow = async () => {
      const { position, sessionIds, epochs } = await ended.since(since);
      for (const sessionId of sessionIds) gate.sessionEnded(sessionId);
      for (const { userId, epoch, exceptSessionId } of epochs) gate.sessionsEnded(userId, epoch, exceptSessionId);
      for await (const batch of store.subscribe({ after: position, filter: { types: TYPES }, signal })) {
        for (const event of batch.events) takeNote(followers, event);
        if (batch.caughtUp) resolve();
      }
      resolve();
    };
    done = follow();
    done.catch(reject);
  });
  return { ready, done };
};
