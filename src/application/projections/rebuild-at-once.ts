import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { NextGeneration } from '../ports/projection-generations.js';
import {
  RebuildCancelledError,
  RebuildRefusedError,
  type RebuildChoices,
  type Rebuilt,
  type UsedComparison,
} from '../ports/projection-operations.js';
import { fillUpTo, requireRebuildable, resumeOrBegin, switchTo, type RebuildParts } from './rebuild.js';

/** At this distance, catching up takes a moment, in which the projection can be held. */
const NEAR_EVENTS = 1_000;

interface RebuildAtOnceParts extends RebuildParts {
  readonly onTable: (name: string) => void;
}

type Parts = RebuildAtOnceParts;

const usedCheckpoint = async ({ generations }: Parts): Promise<Position> =>
  (await generations.checkpoint()) ?? LOG_START;

const requireGoingOn = ({ projection: { name }, signal }: Parts): void => {
  if (signal.aborted)
    throw new RebuildCancelledError(
      `cancelled: ${name} is as it was. What is filled is kept: chatapp projections rebuild ${name} goes on with it, ` +
        `chatapp projections cancel ${name} throws it away`,
    );
};

const begin = async (next: NextGeneration, { isFresh, isForced }: RebuildChoices): Promise<Position | undefined> => {
  if (isFresh) await next.begin();
  else if (isForced) return (await next.unfinished()) ?? resumeOrBegin(next);
  else return resumeOrBegin(next);
  return undefined;
};

/** Comes so near to the one in use that the rest takes a moment. Answers where it stands. */
const comeNear = async (parts: Parts, next: NextGeneration): Promise<Position> => {
  for (;;) {
    const reached = await fillUpTo(parts, next, await usedCheckpoint(parts));
    requireGoingOn(parts);
    if ((await parts.events.countBetween(reached, await usedCheckpoint(parts))) <= NEAR_EVENTS) return reached;
  }
};

/** Compares both where the one in use stands; null where it stands behind the next one, or its tables are others. */
const compareWithUsed = async (parts: Parts, next: NextGeneration): Promise<UsedComparison | null> => {
  if (await parts.generations.isOutdated()) return null;
  const reached = await comeNear(parts, next);
  if (!hasReached(await usedCheckpoint(parts), reached)) return null;
  let position = reached;
  const tables = await next.compare(async (held) => {
    position = await fillUpTo(parts, next, held);
  }, parts.onTable);
  requireGoingOn(parts);
  return { position, tables };
};

/** A rebuild that cannot apply what was applied before would lose it. */
const requireNothingLost = async (
  { projection: { name }, generations }: Parts,
  next: NextGeneration,
): Promise<void> => {
  const known = new Set((await generations.parked()).map(({ position }) => position));
  const lost = (await next.parked()).filter(({ position }) => !known.has(position));
  const [first] = lost;
  if (first)
    throw new RebuildRefusedError(
      `${name} is as it was: events that are in use could not be applied anew (${lost.length}), the first at position ` +
        `${first.position} (${first.reason}). chatapp projections rebuild ${name} --force switches all the same, ` +
        `chatapp projections cancel ${name} throws the new one away`,
    );
};

/**
 * Rebuilds a projection as an operator asks for: at once or not at all, going on with what was left unfinished, and comparing the
 * new generation with the one in use before the switch. A difference does not keep it from switching: the log is what
 * counts. Raises `RebuildUnderWayError`, `RebuildCancelledError`, `RebuildRefusedError`, `NotRebuildableError`.
 */
export const rebuildAtOnce = async (parts: Parts, choices: RebuildChoices): Promise<Rebuilt> => {
  requireRebuildable(parts);
  return parts.generations.atOnce(async (next) => {
    const resumedAt = (await begin(next, choices)) ?? null;
    const comparison = await compareWithUsed(parts, next);
    await fillUpTo(parts, next, await parts.events.head());
    requireGoingOn(parts);
    if (!choices.isForced) await requireNothingLost(parts, next);
    if (!(await switchTo(parts, next))) requireGoingOn(parts);
    return { resumedAt, comparison };
  });
};
