/** A place of files has answered each of these requests within some milliseconds, unless it is as good as away. */
export const ANSWER_WITHIN_MS = 15_000;
