import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { EventBatch, EventStore } from '../ports/event-store.js';
import type { NextGeneration } from '../ports/projection-generations.js';
import { NotRebuildableError } from '../ports/projection-operations.js';
import { BrokenSequenceError } from '../ports/projection-store.js';
import { logUpTo } from './log-up-to.js';
import { handledTypes } from './projector.js';
import { readLogAhead } from './read-log-ahead.js';
import type { RegisteredProjection } from './registered-projection.js';
import { runProjection, type ProjectionObserver } from './runner.js';

export interface RebuildParts extends Pick<RegisteredProjection, 'projection' | 'generations'> {
  readonly events: EventStore;
  readonly observer: ProjectionObserver;
  /** Ends the rebuild early: the old generation then stays, and what is filled waits for a rebuild that goes on with it. */
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const SWITCH_AGAIN_MS = 200;
/** So few events are applied in a moment, for which the projection in use can be held. */
const HELD_EVENTS = 200;

/** Refuses a projection that is never made again. */
export const requireRebuildable = ({ projection: { name, rebuildable } }: Pick<RebuildParts, 'projection'>): void => {
  if (!rebuildable)
    throw new NotRebuildableError(
      `projection ${name} cannot be rebuilt: what the outside world was told would be told again`,
    );
};

/** Projects up to the end of this log. Answers where that was; undefined where the signal came before. */
const catchUp = async (
  { projection, observer, signal, sleep }: RebuildParts,
  next: NextGeneration,
  log: Pick<EventStore, 'subscribe'>,
): Promise<Position | undefined> => {
  const store = next.open();
  const ended = new AbortController();
  const broken: string[] = [];
  let reached: Position | undefined;
  const stopped = (reason: string) => {
    broken.push(reason);
    ended.abort();
  };
  const caughtUp = (position: Position) => {
    reached = position;
    ended.abort();
  };
  const ahead = ({ events: coming, after }: EventBatch) => store.computeAhead?.({ events: coming, from: after });
  await runProjection({
    events: { subscribe: readLogAhead(log, ahead) },
    store,
    types: handledTypes(projection),
    observer: { ...observer, stopped, caughtUp },
    signal: AbortSignal.any([signal, ended.signal]),
    sleep,
  });
  if (broken[0] !== undefined) throw new BrokenSequenceError(broken[0]);
  return reached;
};

/**
 * Projects up to a position, and leaves the checkpoint there, whatever the last events were. Answers where it is: before that
 * where the log ends before, or the signal came; behind it where it was further.
 */
export const fillUpTo = async (parts: RebuildParts, next: NextGeneration, to: Position): Promise<Position> => {
  const reached = await catchUp(parts, next, logUpTo(parts.events, to));
  const store = next.open();
  try {
    const from = (await store.acquire())?.position ?? LOG_START;
    if (reached === undefined || hasReached(from, reached)) return from;
    await store.apply({ events: [], parked: [], from, to: reached });
    return reached;
  } finally {
    await store.release();
  }
};

/** Switches to the next generation, once it is as far as the one in use. Answers whether it has, before the signal. */
export const switchTo = async (parts: RebuildParts, next: NextGeneration): Promise<boolean> => {
  const { generations, signal, sleep } = parts;
  const bring = async (position: Position): Promise<void> => {
    await fillUpTo(parts, next, position);
  };
  const isNear = async (reached: Position): Promise<boolean> =>
    (await parts.events.countBetween(reached, (await generations.checkpoint()) ?? LOG_START)) <= HELD_EVENTS;
  let reached: Position | undefined;
  while (!signal.aborted) {
    if (await next.takeOver(reached !== undefined && (await isNear(reached)) ? bring : undefined)) return true;
    // The old one has gone on meanwhile, or is being read.
    await sleep(SWITCH_AGAIN_MS);
    reached = await fillUpTo(parts, next, (await generations.checkpoint()) ?? LOG_START);
  }
  return false;
};

/**
 * Goes on with what another rebuild has left unfinished, and answers from where; undefined where there is nothing, or it has
 * parked something, which may be applied by now: then it begins anew.
 */
export const resumeOrBegin = async (next: NextGeneration): Promise<Position | undefined> => {
  const unfinished = await next.unfinished();
  if (unfinished !== undefined && (await next.parked()).length === 0) return unfinished;
  await next.begin();
  return undefined;
};

/**
 * Fills a new generation beside the one in use, and switches to it when it has caught up. The service runs all the while.
 * `isNeeded` is asked when it is this node's turn: another may have done it meanwhile.
 */
export const rebuildProjection = async (
  parts: RebuildParts,
  isNeeded: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> => {
  requireRebuildable(parts);
  await parts.generations.inTurn(parts.signal, async (next) => {
    if (!(await isNeeded())) return;
    await resumeOrBegin(next);
    await fillUpTo(parts, next, await parts.events.head());
    await switchTo(parts, next);
  });
};
