import type { ChatEventType } from '../../domain/event-catalogue.js';
import { idOfStream, type Instant, type Position, type SessionId, type UserId } from '../../domain/kernel/ids.js';
import type { Work } from '../consumers/consumers.js';
import { followLog } from '../consumers/follow-log.js';
import { findEventAt } from '../kernel/find-event-at.js';
import type { EndedSessions } from '../ports/ended-sessions.js';
import { UndecodableEventError, type EventHeader, type EventStore, type RecordedEvent } from '../ports/event-store.js';
import type { SessionDenylist } from '../ports/session-denylist.js';

const TYPES: readonly ChatEventType[] = ['SessionEnded', 'SessionsEnded', 'UserErased'];

/** What is kept up to date with the ends of sessions and users. */
export interface Followers {
  readonly denylist: SessionDenylist;
  /** Makes this node forget an erased user. */
  readonly onErased: (userId: UserId) => void;
}

const takeNote = ({ denylist, onErased }: Followers, { type, data }: RecordedEvent): void => {
  if (type === 'SessionEnded') denylist.sessionEnded(data.sessionId);
  else if (type === 'UserErased') onErased(data.userId);
  else if (type === 'SessionsEnded') denylist.sessionsEnded(data.userId, data.epoch, data.exceptSessionId);
};

/** An epoch that no session has reached. */
const EVERY_EPOCH = Number.MAX_SAFE_INTEGER;

/** The stream's name says what has ended. Where the epoch cannot be read, none of the user's sessions is let in. */
const takeUndecodable = ({ denylist, onErased }: Followers, { type, streamId }: EventHeader): void => {
  const id = idOfStream(streamId);
  if (type === 'SessionEnded') denylist.sessionEnded(id as SessionId);
  else if (type === 'UserErased') onErased(id as UserId);
  else denylist.sessionsEnded(id as UserId, EVERY_EPOCH, null);
};

/** Ends a session or an epoch that the read model does not know of. */
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
  /** A session that ended before this time has no valid token any more. */
  readonly since: Instant;
}

/**
 * Keeps the denylist up to date: with recent ends from the read model, with those that it has parked, and with the log
 * since then.
 * `onCaughtUp` is called when the end of the log is reached: from then on no ended session is let in.
 */
export const followSessionEnds = (
  followers: Followers,
  { store, ended, since }: SessionEndSources,
  onCaughtUp: () => void,
): Work => {
  const { denylist } = followers;
  let follow: Work | undefined;
  const begin = async (): Promise<Work> => {
    const { position, sessionIds, epochs, parked } = await ended.since(since);
    for (const sessionId of sessionIds) denylist.sessionEnded(sessionId);
    for (const { userId, epoch, exceptSessionId } of epochs) denylist.sessionsEnded(userId, epoch, exceptSessionId);
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
