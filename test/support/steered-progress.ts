import type { ProjectionProgress } from '../../src/application/ports/projection-progress.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../src/domain/kernel/position.js';

/**
 * Projections that advance when the test says so. A caller that waits for one waits until then, or until the test says
 * that the time is over.
 */
export class SteeredProgress implements ProjectionProgress {
  readonly #reached = new Map<string, Position>();
  readonly #listeners = new Set<() => void>();
  /** The projections and positions that were waited for, in order. */
  readonly asked: (readonly [string, Position])[] = [];

  of(projection: string): Position {
    return this.#reached.get(projection) ?? LOG_START;
  }

  reach(position: Position, ...projections: readonly ('messages' | 'users')[]): void {
    for (const projection of projections) this.#reached.set(projection, position);
    for (const listener of [...this.#listeners]) listener();
  }

  /** Tells all waiting callers that they have waited too long. */
  timeOut(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  rebuildOf(): undefined {
    return undefined; // nothing is rebuilt here
  }

  async recall(): Promise<void> {
    // nothing is forgotten here
  }

  async waitFor(projection: string, position: Position): Promise<boolean> {
    this.asked.push([projection, position]);
    const isThere = () => hasReached(this.of(projection), position);
    if (!isThere())
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    return isThere();
  }

  onAdvance(): () => void {
    throw new Error('nobody is told of each advance here');
  }
}
