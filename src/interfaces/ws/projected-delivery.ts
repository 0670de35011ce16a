import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBatch } from '../../application/ports/event-store.js';
import type { ProjectionProgress } from '../../application/ports/projection-progress.js';
import type { QueriedProjection } from '../../application/projections/registry.js';
import type { Position } from '../../domain/kernel/ids.js';

const WAIT_MS = 5_000;
const RETRY_MS = 200;

export interface ProjectedDeliveryParts {
  readonly progress: ProjectionProgress;
  readonly deliver: (batch: EventBatch) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told while a projection does not come on. */
  readonly onStalled: (projection: string, position: Position) => void;
  /** Told of a delivery that failed, and is tried again. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Delivers batches once a projection has come as far as their last event of a type from which it is made: another node
 * does not announce the positions of other events. Throws when it is told to end, as nothing has been delivered then.
 */
export const projectedDelivery = (
  { progress, deliver: deliverOnce, signal, onStalled, onFailed }: ProjectedDeliveryParts,
  projection: QueriedProjection,
  isProjected: (type: string) => boolean,
) => {
  const untilProjected = async (position: Position): Promise<void> => {
    while (!signal.aborted && !(await progress.waitFor(projection, position, WAIT_MS))) onStalled(projection, position);
  };

  /** Tried until it succeeds: some may be told twice, nobody is left out. */
  const deliverPersistently = async (batch: EventBatch): Promise<void> => {
    for (let delivered = false; !delivered && !signal.aborted;) {
      delivered = await deliverOnce(batch).then(
        () => true,
        async (error: unknown) => {
          onFailed(error);
          await sleep(RETRY_MS);
          return false;
        },
      );
    }
  };

  return {
    untilProjected,
    deliver: async (batch: EventBatch): Promise<void> => {
      const last = batch.events.findLast(({ type }) => isProjected(type));
      if (last) await untilProjected(last.position);
      if (batch.events.length > 0) await deliverPersistently(batch);
      signal.throwIfAborted();
    },
  };
};
