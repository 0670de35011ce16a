import type { Position, SessionId } from '../../domain/kernel/ids.js';
import { laterOf } from '../../domain/kernel/position.js';

/** The positions that read models must reach to show what a session has written through this node. */
export interface SessionWrites {
  /**
   * Notes that the session has appended events of these types, the last one at this position. Where the types are not known,
   * because it was appended before, every read model has to reach the position.
   */
  note(sessionId: SessionId, types: ReadonlySet<string> | null, position: Position): void;
  /** Answers the position that the read model has to reach; undefined when it need not wait. */
  of(sessionId: SessionId, projection: string): Position | undefined;
}

/** A projection, and the types of the events that it is made from. */
export interface NotedProjection {
  readonly name: string;
  readonly types: readonly string[];
}

/** This is more sessions than write within the time that a read model takes: some megabytes. */
const MAX_SESSIONS = 10_000;

/** Remembers the sessions that wrote last: the read models have long shown what others wrote. */
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
