import type { ProjectionProgress } from '../../application/ports/projection-progress.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';

type Listener = (position: Position) => void;

/** Whether a projection has everything up to a position, as the database has it. */
export type LookUpProgress = (projection: string, position: Position) => Promise<boolean>;

const LOOK_UP_EVERY_MS = 50;

/**
 * How far projections have come: told by the runners of this node at once, by those of others through the database.
 * Others tell of what they have written, not of what passed them by: so who waits for long looks it up.
 */
export class AnnouncedProgress implements ProjectionProgress {
  readonly #lookUp: LookUpProgress;
  readonly #positions = new Map<string, Position>();
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(lookUp: LookUpProgress) {
    this.#lookUp = lookUp;
  }

  announce(projection: string, position: Position): void {
    if (this.#positions.has(projection) && hasReached(this.of(projection), position)) return;
    this.#positions.set(projection, position);
    for (const listener of [...(this.#listeners.get(projection) ?? [])]) listener(position);
  }

  of(projection: string): Position {
    return this.#positions.get(projection) ?? LOG_START;
  }

  /** Announces the position if the database says that the projection has reached it. */
  async lookUp(projection: string, position: Position): Promise<void> {
    if (await this.#lookUp(projection, position)) this.announce(projection, position);
  }

  /** Resolves once the projection has announced itself: its tables are there. */
  async untilRunning(projection: string): Promise<void> {
    if (this.#positions.has(projection)) return;
    await new Promise<void>((resolve) => {
      const stop = this.onAdvance(projection, () => {
        stop();
        resolve();
      });
    });
  }

  onAdvance(projection: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(projection) ?? new Set();
    this.#listeners.set(projection, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  waitFor(projection: string, position: Position, timeoutMs: number): Promise<boolean> {
    if (hasReached(this.of(projection), position)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (reached: boolean) => {
        clearTimeout(timer);
        clearInterval(looking);
        stop();
        resolve(reached);
      };
      const looking = setInterval(() => {
        this.lookUp(projection, position).catch(() => undefined); // the wait itself has an end, and whoever waits is told
      }, LOOK_UP_EVERY_MS);
      const timer = setTimeout(() => finish(false), timeoutMs);
      const stop = this.onAdvance(projection, (now) => {
        if (hasReached(now, position)) finish(true);
      });
    });
  }
}
