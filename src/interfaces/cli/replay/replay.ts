import type { ShownEvent } from '../../../application/audit/list-events.js';

/** A field of a stream that an event has changed. */
export interface Difference {
  readonly field: string;
  /** Undefined where there was none. */
  readonly before: unknown;
  readonly after: unknown;
}

/** One event, and what it has changed. */
export interface Step {
  /** Counted from 1. */
  readonly number: number;
  readonly event: ShownEvent;
  readonly differences: readonly Difference[];
}

type Fields = Readonly<Record<string, unknown>>;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const changed = (before: Fields, after: Fields): Difference[] =>
  Object.entries(after)
    .filter(([field, value]) => !isSame(before[field], value))
    .map(([field, value]) => ({ field, before: before[field], after: value }));

/** Goes through events step by step, forward and back. Each step says what differs from what its stream said before. */
export class Replay {
  readonly #steps: readonly Step[];
  /** How many steps have been taken. */
  #taken = 0;

  constructor(events: readonly ShownEvent[]) {
    const streams = new Map<string, Fields>();
    this.#steps = events.map((event, index) => {
      const before = streams.get(event.streamId) ?? {};
      const said = (event.data ?? {}) as Fields;
      streams.set(event.streamId, { ...before, ...said });
      return { number: index + 1, event, differences: changed(before, said) };
    });
  }

  get length(): number {
    return this.#steps.length;
  }

  get isAtEnd(): boolean {
    return this.#taken === this.#steps.length;
  }

  /** Takes the next step; undefined at the end. */
  forward(): Step | undefined {
    const step = this.#steps[this.#taken];
    if (step) this.#taken += 1;
    return step;
  }

  /** Takes the last step back, and answers the one before it; undefined at the beginning. */
  back(): Step | undefined {
    this.#taken = Math.max(0, this.#taken - 1);
    return this.#steps[this.#taken - 1];
  }

  /** Goes to the last step that was recorded at this time or before; undefined where that is before all. */
  goTo(time: string): Step | undefined {
    const next = this.#steps.findIndex(({ event }) => (event.recordedAt ?? '') > time);
    this.#taken = next === -1 ? this.#steps.length : next;
    return this.#steps[this.#taken - 1];
  }

  /** Answers the milliseconds between the last step and the next, as they were recorded. */
  pauseMs(): number {
    const [last, next] = [this.#steps[this.#taken - 1], this.#steps[this.#taken]];
    if (!last?.event.recordedAt || !next?.event.recordedAt) return 0;
    return Math.max(0, Date.parse(next.event.recordedAt) - Date.parse(last.event.recordedAt));
  }
}
