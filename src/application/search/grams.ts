import type { UserId } from '../../domain/kernel/ids.js';

/**
 * Three characters that follow one another within a word, as one number: 17 bits each, the first one highest. The
 * characters behind the end of a word are 0. So the grams that begin with one or two characters are a range.
 */
export type Gram = number;

/** Grams from the first to the last, both included. */
export interface GramRange {
  readonly first: Gram;
  readonly last: Gram;
}

const SECOND = 2 ** 17;
const FIRST = 2 ** 34;
const BASIC_PLANE = 0xffff;
/** Above all grams of text. */
const SENDERS = 2 ** 52;

/** The most grams that a message is found by. One that has more is looked at for every search. */
export const MAX_GRAMS = 2_500;

/** The gram of messages that are looked at for every search. */
export const ANY_GRAM: Gram = 0;

/** Characters beyond the basic plane share what is left: a gram only says where a word may be. */
const folded = (codePoint: number): number =>
  codePoint <= BASIC_PLANE ? codePoint : BASIC_PLANE + 1 + (codePoint & BASIC_PLANE);

const charactersOf = (word: string): readonly number[] =>
  Array.from(word, (character) => folded(character.codePointAt(0) as number));

const gramAt = (characters: readonly number[], at: number): Gram =>
  (characters[at] ?? 0) * FIRST + (characters[at + 1] ?? 0) * SECOND + (characters[at + 2] ?? 0);

export const senderGram = (senderId: UserId): Gram => SENDERS + Number.parseInt(senderId.slice(-12), 16);

/**
 * Answers the grams of a text in normal form: one from each of its characters on. It goes through the text once, as every
 * message is cut up.
 */
export const gramsOfText = (text: string): Set<Gram> => {
  const grams = new Set<Gram>();
  let [last, lastButOne] = [0, 0];
  const end = (): void => {
    if (lastButOne !== 0) grams.add(lastButOne * FIRST + last * SECOND);
    if (last !== 0) grams.add(last * FIRST);
    [last, lastButOne] = [0, 0];
  };
  for (const character of text) {
    if (character === ' ') {
      end();
      continue;
    }
    const code = folded(character.codePointAt(0) as number);
    if (lastButOne !== 0) grams.add(lastButOne * FIRST + last * SECOND + code);
    lastButOne = last;
    last = code;
  }
  end();
  return grams.size > MAX_GRAMS ? new Set([ANY_GRAM]) : grams;
};

/** Answers the grams of which a text has at least one from each range, where it contains this. */
export const gramsToFind = (phrase: string): readonly GramRange[] => {
  const ranges = phrase.split(' ').flatMap((word): GramRange[] => {
    const characters = charactersOf(word);
    if (characters.length === 0) return [];
    const first = gramAt(characters, 0);
    if (characters.length === 1) return [{ first, last: first + FIRST - 1 }];
    if (characters.length === 2) return [{ first, last: first + SECOND - 1 }];
    return characters.slice(2).map((_, at) => ({ first: gramAt(characters, at), last: gramAt(characters, at) }));
  });
  return [...new Map(ranges.map((range) => [`${range.first} ${range.last}`, range])).values()];
};
