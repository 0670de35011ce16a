/** Later than the log gives up an append, and than a queue of commands gives up waiting: their errors say more. */
export const ANSWER_WITHIN_MS = 16_000;
