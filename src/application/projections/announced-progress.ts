import type { ProjectionProgress } from '../ports/projection-progress.js';
import type { Position } from '../../domain/kernel/ids.js';
import { hasReached, laterOf, LOG_START } from '../../domain/kernel/position.js';

type Listener = (position: Position) => void;

/** Answers how far a projection has come, up to a position, as the read models say; null where it has no checkpoint yet. */
export type LookUpProgress = (projection: string, position: Position) => Promise<Position | null>;

interface Waiter {
  readonly position: Position;
}

const LOOK_UP_EVERY_MS = 50;

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, LOOK_UP_EVERY_MS));

/**
 * Knows how far projections have come. The runners of this node announce it at once, those of others through the database.
 * They announce what they have written, not the events that they have passed: so it is looked up for callers who wait for
 * long, once for all of them, and not again before the last answer has come: waiting must not take the connections that the
 * projections need to go on.
 */
export class AnnouncedProgress implements ProjectionProgress {
  readonly #lookUp: LookUpProgress;
  readonly #positions = new Map<string, Position>();
  /** The projections that have been announced, however far they are known to be now. */
  readonly #running = new Set<string>();
  /** The projections that cannot be read before they are rebuilt, and how much of the log that has gone through, from 0 to 1. */
  readonly #rebuilt = new Map<string, number>();
  /** The callers who wait until a projection is running. */
  readonly #starting = new Map<string, Set<() => void>>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #revisionListeners = new Map<string, Set<() => void>>();
  /** Ends the pause of each projection that makes one. */
  readonly #resting = new Map<string, () => void>();
  /** The number of times that everything was forgotten. */
  #era = 0;

  constructor(lookUp: LookUpProgress) {
    this.#lookUp = lookUp;
  }

  announce(projection: string, position: Position): void {
    if (!this.#rebuilt.has(projection)) this.#noteRunning(projection);
    if (this.#positions.has(projection) && hasReached(this.of(projection), position)) return;
    this.#positions.set(projection, position);
    for (const listener of [...(this.#listeners.get(projection) ?? [])]) listener(position);
  }

  /**
   * Announces what a runner of this node has applied. What it was applying while everything was forgotten may have been
   * taken back as well: what it applies from then on counts again.
   */
  announcerOf(projection: string): (position: Position) => void {
    let era = this.#era;
    return (position) => {
      if (era === this.#era) this.announce(projection, position);
      era = this.#era;
    };
  }

  /**
   * Forgets how far they have come. A crash of the database can take back the last of the read models, which do not wait
   * for the disk. From then on it is looked up for every caller who waits for a position.
   */
  forget(): void {
    this.#era += 1;
    this.#positions.clear();
    for (const projection of this.#revisionListeners.keys()) this.revise(projection);
  }

  /** Says that a projection has left out an event that it could not apply, that it was made anew, or that this may have been missed. */
  revise(projection: string): void {
    for (const listener of [...(this.#revisionListeners.get(projection) ?? [])]) listener();
  }

  /** Called whenever what was concluded from the events before may differ from the read models. */
  onRevised(projection: string, listener: () => void): void {
    const listeners = this.#revisionListeners.get(projection) ?? new Set();
    this.#revisionListeners.set(projection, listeners.add(listener));
  }

  of(projection: string): Position {
    return this.#positions.get(projection) ?? LOG_START;
  }

  /** Announces how far the projection has come, up to the position, if the database says that it is further. */
  async lookUp(projection: string, position: Position): Promise<void> {
    const era = this.#era;
    const reached = await this.#lookUp(projection, position);
    if (reached !== null && era === this.#era) this.announce(projection, reached);
  }

  async recall(projection: string, position: Position): Promise<void> {
    if (!this.#positions.has(projection)) await this.lookUp(projection, position);
  }

  /** Looks up again and again, as long as a caller waits. */
  async #lookUpFor(projection: string, waiters: ReadonlySet<Waiter>): Promise<void> {
    await pause();
    while (waiters.size > 0) {
      const last = [...waiters].reduce((latest, { position }) => laterOf(latest, position), LOG_START);
      await this.lookUp(projection, last).catch(() => undefined); // each wait has an end, and its caller gets the failure
      await pause();
    }
    this.#waiters.delete(projection);
  }

  /** Adds a caller who waits. The first one starts to look up, which goes on for all that come meanwhile. */
  #await(projection: string, position: Position): () => void {
    const known = this.#waiters.get(projection);
    const waiters = known ?? new Set<Waiter>();
    const waiter = { position };
    waiters.add(waiter);
    this.#waiters.set(projection, waiters);
    this.#resting.get(projection)?.();
    if (!known) void this.#lookUpFor(projection, waiters);
    return () => void waiters.delete(waiter);
  }

  /** The pause between two batches of a projection. It lasts so long, or until somebody waits for the projection. */
  async rest(projection: string, milliseconds: number, signal: AbortSignal): Promise<void> {
    const isAwaited = (this.#waiters.get(projection)?.size ?? 0) > 0;
    if (isAwaited || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#resting.delete(projection);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener('abort', end);
      this.#resting.set(projection, end);
    });
  }

  /** Says that the projection cannot be read before it is rebuilt, and how much of the log that has gone through, from 0 to 1. */
  rebuild(projection: string, share: number): void {
    this.#rebuilt.set(projection, share);
    this.#running.delete(projection);
  }

  /** Says that the projection can be read, or will be as soon as it is announced. */
  readable(projection: string): void {
    this.#rebuilt.delete(projection);
  }

  rebuildOf(projection: string): number | undefined {
    return this.#rebuilt.get(projection);
  }

  /** Resolves once the projection has announced itself: its tables are there, and can be read. */
  async untilRunning(projection: string): Promise<void> {
    if (this.#running.has(projection)) return;
    await new Promise<void>((resolve) => {
      const starting = this.#starting.get(projection) ?? new Set();
      this.#starting.set(projection, starting.add(resolve));
    });
  }

  #noteRunning(projection: string): void {
    this.#running.add(projection);
    for (const resolve of this.#starting.get(projection) ?? []) resolve();
    this.#starting.delete(projection);
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
        stopLookingUp();
        stop();
        resolve(reached);
      };
      const stopLookingUp = this.#await(projection, position);
      const timer = setTimeout(() => finish(false), timeoutMs);
      const stop = this.onAdvance(projection, (now) => {
        if (hasReached(now, position)) finish(true);
      });
    });
  }
}
