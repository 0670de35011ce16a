import type { Instant } from '../../domain/kernel/ids.js';

/** The time so many seconds after another; before it, where the number is negative. */
export const secondsAfter = (instant: Instant, seconds: number): Instant =>
  new Date(Date.parse(instant) + seconds * 1_000).toISOString() as Instant;
