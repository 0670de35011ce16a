import type { SessionEvents } from '../../domain/sessions/events.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
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

export interface SessionEndSources {
  readonly store: EventStore;
  readonly ended: EndedSessions;
  /** No token of a session that ended before can be valid any more. */
  readonly since: Instant;
}

/**
 * Keeps the gate true: what ended of late from the read model, everything since from the log.
 * `onCaughtUp` is called when the end of the log is reached: from then on no ended session is let in.
 */
export const followSessionEnds = (
  followers: Followers,
  { store, ended, since }: SessionEndSources,
  onCaughtUp: () => void,
): Work => {
  const { gate } = followers;
  let follow: Work | undefined;
  const begin = async (): Promise<Work> => {
    const { position, sessionIds, epochs } = await ended.since(since);
    for (const sessionId of sessionIds) gate.sessionEnded(sessionId);
    for (const { userId, epoch, exceptSessionId } of epochs) gate.sessionsEnded(userId, epoch, exceptSessionId);
    return followLog({
      store,
      types: TYPES,
      after: position,
      take: ({ events, caughtUp }) => {
        for (const event of events) takeNote(followers, event);
        if (caughtUp) onCaughtUp();
      },
    });
  };
  return async (consumer, signal) => {
    follow ??= await begin();
    await follow(consumer, signal);
  };
};
