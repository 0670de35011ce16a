/** The stages of a message. `committed` is counted from its frame on, `projected` and `written` each from the stage before. */
type Stage = 'committed' | 'projected' | 'written';

/** Called with the seconds that a stage took, for metrics. */
export type OnStage = (stage: Stage, seconds: number) => void;

/** Answers the seconds since a time of `performance.now()`. */
export const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;
