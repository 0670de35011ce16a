/** The most characters of a message, counted as code points. */
export const MAX_TEXT_LENGTH = 8_000;

/**
 * At most 100 combining marks follow one another. Unicode sorts them: of 32,000 in a row that took two seconds, in which
 * the server did nothing else.
 */
export const FEW_MARKS = /^\p{M}{0,100}(?:\P{M}\p{M}{0,100})*$/u;

/** Normalizes a text to the form in which it is stored and compared: Unicode NFC. */
export const normalizeText = (text: string): string => text.normalize('NFC');

/** Says whether a text has 1 to 8,000 characters, all of them whole, and no NUL. */
export const isText = (text: string): boolean =>
  text.length > 0 && !text.includes('\0') && text.isWellFormed() && hasAtMost(text, MAX_TEXT_LENGTH);

const hasAtMost = (text: string, length: number): boolean => text.length <= length || [...text].length <= length;
