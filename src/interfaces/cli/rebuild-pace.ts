import type { RebuildProgress } from '../../application/ports/projection-operations.js';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
/** A rate over less time than this says nothing. */
const SOME_MS = 500;

const grouped = (count: number): string => count.toLocaleString('en-GB');

/** Writes a duration roughly: `40 s`, `3 min`, `2 h 5 min`. */
export const durationText = (seconds: number): string => {
  if (seconds < MINUTE_SECONDS) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / MINUTE_SECONDS);
  if (seconds < HOUR_SECONDS) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/**
 * Writes how far a rebuild has come, how fast it is, and how long it takes still: `300 of 1,000 events (30 %), 100/s, 7 s left`.
 * What was there when it began is not counted into the rate.
 */
export const rebuildPace = (now: () => number): ((progress: RebuildProgress) => string) => {
  let began: { readonly at: number; readonly passed: number } | undefined;
  return ({ passed, total, share }) => {
    began ??= { at: now(), passed };
    const shown = `${grouped(passed)} of ${grouped(total)} events (${Math.floor(share * 100)} %)`;
    const took = now() - began.at;
    const rate = ((passed - began.passed) * 1_000) / Math.max(1, took);
    if (took < SOME_MS || rate === 0) return shown;
    return `${shown}, ${grouped(Math.round(rate))}/s, ${durationText((total - passed) / rate)} left`;
  };
};
