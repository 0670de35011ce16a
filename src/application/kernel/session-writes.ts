import type { Position, SessionId } from '../../domain/kernel/ids.js';
import { laterOf } from '../../domain/kernel/position.js';

/** How far each read model must be to show what a session has written through this node. */
export interface SessionWrites {
  /**
   * The session has appended events of these types; the last one stands at the position. Where the types are not known,
   * because it was appended before, every read model has to come so far.
   */
  note(sessionId: SessionId, types: ReadonlySet<string> | null, position: Position): void;
  /** Undefined when nothing is known that the read model would have to wait for. */
  of(sessionId: SessionId, projection: string): Position | undefined;
}

/** A projection, and the events that it is made from. */
export interface NotedProjection {
  readonly name: string;
  readonly types: readonly string[];
}

/** More sessions than write within the time that a read model takes; some megabytes. */
const MAX_SESSIONS = 10_000;

/** Remembers the sessions that wrote last: what others wrote has long been in the read models. */
export const createSessionWrites = (
  projections: readonly NotedProjection[],
  maxSessions = MAX_SESSIONS,
): SessionWrites => {
  const written = new Map<SessionId, ReadonlyMap<string, Position>>();
  return {
    note: (sessionId, types, position) => {
      const concerned = projections.filter((projection) => !types || projection.types.some((type) => types.has(type)));
      if (concerned.length === 0) return;
      const known = new Map(written.get(sessionId));
      for (const { name } of concerned) known.set(name, laterOf(known.get(name) ?? position, position));
      written.delete(sessionId);
      written.set(sessionId, known);
      const [oldest] = written.keys();
      if (written.size > maxSessions && oldest !== undefined) written.delete(oldest);
    },
    of: (sessionId, projection) => written.get(sessionId)?.get(projection),
  };
};
