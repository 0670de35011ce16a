/** So many pings in a row may be unanswered. At the next beat the connection counts as lost. */
export const MOST_UNANSWERED_PINGS = 2;
const BEATS_A_HEARTBEAT = 0.45;

/**
 * Answers the pause between two pings. A connection that is lost right behind an answer is found after three of them: within
 * one and a half times the heartbeat that clients are told, which is 45 seconds as a rule.
 */
export const beatMs = (heartbeatSeconds: number): number => heartbeatSeconds * 1_000 * BEATS_A_HEARTBEAT;
