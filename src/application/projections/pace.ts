import type { Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { EventBatch } from '../ports/event-store.js';

/** What a projection has just applied. */
export interface Applied {
  /** How long that took. */
  readonly workedMs: number;
  /** How long ago the last of it was recorded. */
  readonly lateMs: number;
  /** Whether it was all that there was. */
  readonly caughtUp: boolean;
}

/** How a projection shares the processor and the database with everything else. */
export interface Pace {
  /** The most events that are applied at a time. */
  readonly portion: number;
  /**
   * Answers the milliseconds of the pause behind a portion; a query that waits ends it. `busy` is the share of the last pause,
   * from 0 to 1, in which this node worked on other things.
   */
  readonly pauseMs: (applied: Applied, busy: number) => number;
  /** What users miss while it is behind; undefined where a server cannot do without it. */
  readonly missed: string | undefined;
}

const REST_MS = 10;

/**
 * Nobody waits for a projection as a rule: frames of messages leave before it, and a query that waits ends its pause. At 1,000
 * messages/s it took each by itself, and PostgreSQL worked 300 µs for each; in batches of ten it is a tenth of that.
 */
export const PROMPT: Pace = {
  portion: Infinity,
  pauseMs: ({ caughtUp }) => (caughtUp ? REST_MS : 0),
  missed: undefined,
};

const PORTION = 50;
const IDLE = 0.4;
const GATHERED_MS = 200;
const LATE_MS = 60_000;
const TOO_LATE_MS = 300_000;
/** A lease lasts five seconds, and a query at another server, which ends no pause here, waits for two. */
const LONGEST_MS = 1_000;

/**
 * For work that takes longer than all else that a message causes. It takes a quarter of the time of a node that has little else
 * to do, and a twenty-fifth of a busy one's. From a minute late on it takes half, and behind five minutes all: a burst of
 * messages does not wait for it, and what lasts is kept up with. A portion that took long is not followed by as long a pause.
 */
export const BACKGROUND: Pace = {
  portion: PORTION,
  pauseMs: ({ workedMs, lateMs, caughtUp }, busy) => {
    const gathering = caughtUp ? GATHERED_MS : 0;
    if (lateMs > TOO_LATE_MS) return gathering;
    const inTime = busy > IDLE ? 24 * workedMs : 3 * workedMs;
    return Math.min(LONGEST_MS, Math.max(gathering, lateMs > LATE_MS ? workedMs : inTime));
  },
  missed: 'the newest messages are not found',
};

/** A portion that took no longer shows that the store can take more at a time. */
const QUICK_MS = 1_000;

/**
 * How many events are applied at a time. A batch that a slow store cannot take within the time of a request would fail again,
 * however often it is tried: the next try has half as many. The number grows again by portions that are applied quickly.
 */
export class PortionSize {
  readonly #most: number;
  #events: number;

  constructor(most: number) {
    this.#most = most;
    this.#events = most;
  }

  get events(): number {
    return this.#events;
  }

  /** Called when so many events could not be applied, and may be later. */
  failed(events: number): void {
    this.#events = Math.max(1, Math.floor(Math.min(events, this.#events) / 2));
  }

  /** Called when so many events were applied within a time. */
  applied(events: number, workedMs: number): void {
    if (workedMs <= QUICK_MS && events >= this.#events) this.#events = Math.min(this.#most, 2 * this.#events);
  }
}

/** Answers the part of a batch behind a position. What was filtered out of the batch is counted there. */
export const partBehind = (batch: EventBatch, after: Position): EventBatch => {
  const isBehind = ({ position }: { readonly position: Position }) => !hasReached(after, position);
  const events = batch.events.filter(isBehind);
  const undecodable = batch.undecodable.filter(isBehind);
  const gone = batch.events.length + batch.undecodable.length - events.length - undecodable.length;
  return { ...batch, after, events, undecodable, passed: batch.passed - gone };
};

/** Cuts off the first events of a batch, with the position up to which they go. */
export const cutOff = (
  batch: EventBatch,
  most: number,
): { readonly portion: EventBatch; readonly rest: EventBatch | undefined } => {
  const position = batch.events.length > most ? batch.events[most - 1]?.position : undefined;
  if (position === undefined) return { portion: batch, rest: undefined };
  const rest = partBehind(batch, position);
  return {
    portion: {
      after: batch.after,
      events: batch.events.slice(0, most),
      undecodable: batch.undecodable.filter((each) => hasReached(position, each.position)),
      position,
      passed: batch.passed - rest.passed,
      caughtUp: false,
    },
    rest,
  };
};
