/** The stages of a message on its way: `committed` since its frame came, `projected` and `written` each since the one before. */
type Stage = 'committed' | 'projected' | 'written';

/** Told how many seconds a stage took: for metrics. */
export type OnStage = (stage: Stage, seconds: number) => void;

/** Milliseconds of `performance.now()` since then, in seconds. */
export const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;
