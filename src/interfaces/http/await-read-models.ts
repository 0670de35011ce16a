import type { ReadYourWrites } from '../../application/kernel/read-your-writes.js';
import type { SessionClaims } from '../../application/ports/access-tokens.js';
import type { QueriedProjection } from '../../application/projections/registry.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, laterOf, LOG_START } from '../../domain/kernel/position.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { KnownToSession } from './known-to-session.js';

export interface AwaitParts {
  readonly readYourWrites: ReadYourWrites;
  readonly knownToSession: KnownToSession;
  /** Answers where the log ends. */
  readonly logEnd: () => Promise<Position>;
}

/** What a query needs of the read models before it is answered. */
interface Awaited {
  readonly projections: readonly QueriedProjection[];
  /** The caller, where somebody is logged in. */
  readonly claims: SessionClaims | undefined;
  /** The position in the header, `LOG_START` without one. */
  readonly asked: Position;
}

/**
 * Waits until the read models of a query show what the caller's session knows of, and the position that was asked for. Rejects
 * `position_unknown`: what is beyond the log would be waited for in vain.
 */
export const awaitReadModels = async (
  { readYourWrites, knownToSession, logEnd }: AwaitParts,
  { projections, claims, asked }: Awaited,
): Promise<void> => {
  const known = projections.map((projection): readonly [QueriedProjection, Position] => [
    projection,
    claims ? knownToSession(claims, projection) : LOG_START,
  ]);
  const isKnown = known.every(([, position]) => hasReached(position, asked));
  if (!isKnown && !hasReached(await logEnd(), asked)) reject('position_unknown', { position: asked });
  await Promise.all(known.map(([projection, position]) => readYourWrites(projection, laterOf(asked, position))));
};
