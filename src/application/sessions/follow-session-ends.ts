import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import { findEventAt } from '../kernel/find-event-at.js';
import type { EndedSessions } from '../ports/ended-sessions.js';
import { UndecodableEventError, type EventHeader, type EventStore, type RecordedEvent } from '../ports/event-store.js';
import type { SessionGate } from '../ports/session-gate.js';
import type { Instant, Position, SessionId, UserId } from '../../domain/kernel/ids.js';

const TYPES: readonly ChatEventType[] = ['SessionEnded', 'SessionsEnded', 'UserErased'];

/** Who takes note of what has ended. */
export interface Followers {
  readonly gate: SessionGate;
  /** Has this node know an erased user no more. */
  readonly onErased: (userId: UserId) => void;
}

const takeNote = ({ gate, onErased }: Followers, { type, data }: RecordedEvent): void => {
  if (type === 'SessionEnded') gate.sessionEnded(data.sessionId);
  else if (type === 'UserErased') onErased(data.userId);
  else if (type === 'SessionsEnded') gate.sessionsEnded(data.userId, data.epoch, data.exceptSessionId);
};

/** An epoch that no session has reached. */
const EVERY_EPOCH = Number.MAX_SAFE_INTEGER;

/** What ended stands in the stream's name. Where the epoch cannot be read, none of the user's sessions is let in. */
const takeUndecodable = ({ gate, onErased }: Followers, { type, streamId }: EventHeader): void => {
  const id = streamId.slice(streamId.indexOf('-') + 1);
  if (type === 'SessionEnded') gate.sessionEnded(id as SessionId);
  else if (type === 'UserErased') onErased(id as UserId);
  else gate.sessionsEnded(id as UserId, EVERY_EPOCH, null);
};

/** An end that the read model does not know of closes the gate all the same. */
const takeParked = async (followers: Followers, store: EventStore, at: Position): Promise<void> => {
  try {
    const event = await findEventAt(store, at);
    if (event) takeNote(followers, event);
  } catch (error) {
    if (!(error instanceof UndecodableEventError)) throw error;
    takeUndecodable(followers, error.event);
  }
};

export interface SessionEndSources {
  readonly store: EventStore;
  readonly ended: EndedSessions;
  /** No token of a session that ended before can be valid any more. */
  readonly since: Instant;
}

/**
 * Keeps the gate true: what ended of late from the read model, what that has parked and everything since from the log.
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
    const { position, sessionIds, epochs, parked } = await ended.since(since);
    for (const sessionId of sessionIds) gate.sessionEnded(sessionId);
    for (const { userId, epoch, exceptSessionId } of epochs) gate.sessionsEnded(userId, epoch, exceptSessionId);
    for (const at of parked) await takeParked(followers, store, at);
    return followLog({
      store,
      types: TYPES,
      after: position,
      take: ({ events, undecodable, caughtUp }) => {
        for (const event of events) takeNote(followers, event);
        for (const event of undecodable) takeUndecodable(followers, event);
        if (caughtUp) onCaughtUp();
      },
    });
  };
  return async (consumer, signal) => {
    follow ??= await begin();
    await follow(consumer, signal);
  };
};
