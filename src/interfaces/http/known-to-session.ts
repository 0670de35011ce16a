import type { SessionWrites } from '../../application/kernel/session-writes.js';
import type { QueriedProjection } from '../../application/projections/registry.js';
import type { Position, SessionId, UserId } from '../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';

/** A session and its user; a session of null has written nothing and has no sockets. */
interface CallingSession {
  readonly userId: UserId;
  readonly sessionId: SessionId | null;
}

/** Answers the position that a read model must reach to show what a session has written and was sent through this node. */
export type KnownToSession = (session: CallingSession, projection: QueriedProjection) => Position;

export interface KnownToSessionParts {
  readonly writes: Pick<SessionWrites, 'of'>;
  /** Answers the position of the last frame that was pushed to a session through this node. */
  readonly pushedTo: (session: { readonly userId: UserId; readonly sessionId: SessionId }) => Position;
}

/** What is pushed before a read model shows it is waited for in these: a message, the files that it carries, and what it is found by. */
const PUSHED_FROM: ReadonlySet<QueriedProjection> = new Set(['messages', 'media', 'search']);

export const knownToSession =
  ({ writes, pushedTo }: KnownToSessionParts): KnownToSession =>
  ({ userId, sessionId }, projection) => {
    if (sessionId === null) return LOG_START;
    const written = writes.of(sessionId, projection) ?? LOG_START;
    return PUSHED_FROM.has(projection) ? laterOf(written, pushedTo({ userId, sessionId })) : written;
  };
