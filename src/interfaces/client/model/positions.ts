/** Says whether a position comes after another: the longer number is the greater one. */
export const isAfter = (a: string, b: string): boolean => (a.length === b.length ? a > b : a.length > b.length);

/** Answers the later of two positions. */
export const laterOf = (a: string, b: string): string => (isAfter(b, a) ? b : a);
