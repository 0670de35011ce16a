import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBatch } from '../../application/ports/event-store.js';
import type { ProjectionProgress } from '../../application/ports/projection-progress.js';
import type { QueriedProjection } from '../../application/projections/registry.js';
import type { Position } from '../../domain/kernel/ids.js';
import { secondsSince, type OnStage } from './stages.js';

const WAIT_MS = 5_000;
const RETRY_MS = 200;

export interface ProjectedDeliveryParts {
  readonly progress: ProjectionProgress;
  /** Answers the projection that has to show an event of this type before it is delivered; null where none has to. */
  readonly waitsFor: (type: string) => QueriedProjection | null;
  /** Whether the frames of a batch may leave before the read models show it. */
  readonly mayLead: (batch: EventBatch) => boolean;
  readonly deliver: (batch: EventBatch) => Promise<void>;
  readonly signal: AbortSignal;
  /** Called while a projection makes no progress. */
  readonly onStalled: (projection: string, position: Position) => void;
  /** Called with the failure of a delivery, which is tried again. */
  readonly onFailed: (error: unknown) => void;
  readonly onStage: OnStage;
}

/** Answers the position that each projection must reach before a batch is delivered: the last event that waits for it. */
const awaitedBy = (
  { events }: EventBatch,
  waitsFor: ProjectedDeliveryParts['waitsFor'],
): ReadonlyMap<QueriedProjection, Position> => {
  const awaited = new Map<QueriedProjection, Position>();
  for (const { type, position } of events) {
    const projection = waitsFor(type);
    if (projection !== null) awaited.set(projection, position);
  }
  return awaited;
};

/**
 * Delivers batches, as a rule once each projection has reached the last event that waits for it: another node does not
 * announce the positions of other events. Throws when the signal ends it, as nothing has been delivered then.
 */
export const projectedDelivery = ({
  progress,
  waitsFor,
  mayLead,
  deliver: deliverOnce,
  signal,
  onStalled,
  onFailed,
  onStage,
}: ProjectedDeliveryParts) => {
  const untilReached = async (projection: QueriedProjection, position: Position): Promise<void> => {
    while (!signal.aborted && !(await progress.waitFor(projection, position, WAIT_MS))) onStalled(projection, position);
  };

  const untilAllReached = async (batch: EventBatch): Promise<void> => {
    for (const [projection, position] of awaitedBy(batch, waitsFor)) await untilReached(projection, position);
  };

  /**
   * Tries until it succeeds: some users may get a frame twice, nobody is left out. What it failed by may have been a crash of
   * the database, which takes the last of the read models back: they are waited for again before the next try.
   */
  const deliverPersistently = async (batch: EventBatch): Promise<void> => {
    for (let delivered = false; !delivered && !signal.aborted;) {
      delivered = await deliverOnce(batch).then(
        () => true,
        async (error: unknown) => {
          onFailed(error);
          await sleep(RETRY_MS);
          await untilAllReached(batch);
          return false;
        },
      );
    }
  };

  return async (batch: EventBatch): Promise<void> => {
    if (batch.events.length > 0) {
      const takenAt = performance.now();
      if (!mayLead(batch)) await untilAllReached(batch);
      onStage('projected', secondsSince(takenAt));
      const projectedAt = performance.now();
      await deliverPersistently(batch);
      setImmediate(() => onStage('written', secondsSince(projectedAt))); // This runs after the sockets have written.
    }
    signal.throwIfAborted();
  };
};
