import type { Instant } from '../../domain/kernel/ids.js';

/** Answers the time so many seconds after another, or before it, where the number is negative. */
export const secondsAfter = (instant: Instant, seconds: number): Instant =>
  new Date(Date.parse(instant) + seconds * 1_000).toISOString() as Instant;
