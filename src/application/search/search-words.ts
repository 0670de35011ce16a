import { normalForm } from './normal-form.js';

export const MAX_QUERY_LENGTH = 256;
export const MAX_WORDS = 20;

const PIECES = /"([^"]*)"?|[^\s"]+/gu;
const QUOTES = /[“”„‟＂]/gu;

/**
 * Answers what a message has to contain, in normal form: words, or parts of words, and phrases in quotation marks. What is
 * part of another is left out.
 */
export const searchWords = (query: string): readonly string[] => {
  const pieces = query.replace(QUOTES, '"').matchAll(PIECES);
  const words = new Set(
    [...pieces].map(([piece, phrase]) => normalForm(phrase ?? piece)).filter((word) => word !== ''),
  );
  return [...words].filter((word) => ![...words].some((other) => other !== word && other.includes(word)));
};

/** Says whether a text in normal form contains all of the words. */
export const containsAll = (text: string, words: readonly string[]): boolean =>
  words.every((word) => text.includes(word));
