import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { EventStore } from '../ports/event-store.js';
import type { ComparedGeneration } from '../ports/projection-generations.js';
import type { ProjectionStore } from '../ports/projection-store.js';
import { handledTypes } from './projector.js';
import { readLogAhead } from './read-log-ahead.js';
import type { RegisteredProjection } from './registered-projection.js';
import { requireVersion } from './require-version.js';

/** At this distance, catching up takes a moment, in which the projection can be held. */
const NEAR_EVENTS = 1_000;

export interface ComparisonParts extends Pick<RegisteredProjection, 'projection' | 'generations'> {
  readonly events: EventStore;
  readonly onEvents: (position: Position, events: number) => Promise<void> | void;
}

/** Fills the generation that is compared, from the log, up to the position that is asked for. */
export class ComparisonFiller {
  readonly #parts: ComparisonParts;
  readonly #store: ProjectionStore;
  #position = LOG_START;

  constructor(parts: ComparisonParts, store: ProjectionStore) {
    this.#parts = parts;
    this.#store = store;
  }

  get position(): Position {
    return this.#position;
  }

  async fillUpTo(to: Position): Promise<void> {
    if (hasReached(this.#position, to)) return;
    const { events, projection, generations, onEvents } = this.#parts;
    const parked = new Set((await generations.parked()).map(({ position }) => position));
    const reached = new AbortController();
    const filter = { types: handledTypes(projection) };
    for await (const batch of readLogAhead(events)({ after: this.#position, filter, signal: reached.signal })) {
      const wanted = batch.events.filter(({ position }) => hasReached(to, position) && !parked.has(position));
      const position = hasReached(batch.position, to) ? to : batch.position;
      await this.#store.acquire();
      await this.#store.apply({ events: wanted, parked: [], from: this.#position, to: position });
      this.#position = position;
      await onEvents(position, wanted.length);
      if (position === to) reached.abort();
    }
  }

  /** Comes so near to the projection that the rest takes a moment, in which the projection can be held. */
  async comeNear(): Promise<void> {
    const { events, generations } = this.#parts;
    for (;;) {
      const to = (await generations.checkpoint()) ?? LOG_START;
      if ((await events.countBetween(this.#position, to)) <= NEAR_EVENTS) return;
      await this.fillUpTo(to);
    }
  }
}

/** Works with a generation beside the one in use, which is filled from the log as far as the work asks for. */
export const withComparison = async <Result>(
  parts: ComparisonParts,
  work: (comparison: ComparedGeneration, filler: ComparisonFiller) => Promise<Result>,
): Promise<Result> => {
  await requireVersion(parts);
  return parts.generations.withComparison((comparison) =>
    work(comparison, new ComparisonFiller(parts, comparison.store)),
  );
};
