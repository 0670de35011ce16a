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

/** Cuts a batch into portions, each with the position up to which it goes. What cannot be decoded stays where it is: such a batch is one. */
export function* portionsOf(batch: EventBatch, most: number): Generator<EventBatch> {
  const { events, undecodable } = batch;
  let { after } = batch;
  let from = 0;
  while (undecodable.length === 0 && events.length - from > most) {
    const portion = events.slice(from, from + most);
    const position = portion.at(-1)?.position ?? after;
    yield { after, events: portion, undecodable: [], position, caughtUp: false };
    [after, from] = [position, from + most];
  }
  yield from === 0 ? batch : { ...batch, after, events: events.slice(from) };
}
