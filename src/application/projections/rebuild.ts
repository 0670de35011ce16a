import type { EventBatch, EventStore } from '../ports/event-store.js';
import { NotRebuildableError } from '../ports/projection-operations.js';
import { BrokenSequenceError, type ProjectionStore } from '../ports/projection-store.js';
import { handledTypes } from './projector.js';
import { readAhead } from './read-ahead.js';
import type { RegisteredProjection } from './registered-projection.js';
import { runProjection, type ProjectionObserver } from './runner.js';

export interface RebuildParts extends Pick<RegisteredProjection, 'projection' | 'generations'> {
  readonly events: EventStore;
  readonly observer: ProjectionObserver;
  /** Ends the rebuild early: the old generation then stays. */
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const SWITCH_AGAIN_MS = 200;

/** Projects up to the end of the log. */
const catchUp = async (
  { events, projection, observer, signal, sleep }: RebuildParts,
  store: ProjectionStore,
): Promise<void> => {
  const reached = new AbortController();
  const broken: string[] = [];
  const stopped = (reason: string) => {
    broken.push(reason);
    reached.abort();
  };
  const ahead = ({ events: next, after }: EventBatch) => store.computeAhead?.({ events: next, from: after });
  await runProjection({
    events: { subscribe: readAhead(events, ahead), countBetween: (after, upTo) => events.countBetween(after, upTo) },
    store,
    types: handledTypes(projection),
    observer: { ...observer, stopped, caughtUp: () => reached.abort() },
    signal: AbortSignal.any([signal, reached.signal]),
    sleep,
  });
  if (broken[0] !== undefined) throw new BrokenSequenceError(broken[0]);
};

/**
 * Fills a new generation beside the one in use, and switches to it when it has caught up. The service runs all the while.
 * `isNeeded` is asked when it is this node's turn: another may have done it meanwhile.
 */
export const rebuildProjection = async (
  parts: RebuildParts,
  isNeeded: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> => {
  const { projection, generations, signal, sleep } = parts;
  if (!projection.rebuildable)
    throw new NotRebuildableError(
      `projection ${projection.name} cannot be rebuilt: what the outside world was told would be told again`,
    );
  await generations.inTurn(signal, async (next) => {
    if (!(await isNeeded())) return;
    await next.begin();
    await catchUp(parts, next.open());
    // The old one may have gone on meanwhile, or is being read.
    while (!signal.aborted && !(await next.takeOver())) {
      await sleep(SWITCH_AGAIN_MS);
      await catchUp(parts, next.open());
    }
  });
};
