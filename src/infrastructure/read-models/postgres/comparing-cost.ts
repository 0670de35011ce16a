/**
 * Answers the length of the longest part with which a word begins and which comes again behind that: 0 for `lunch`, 3 for
 * `aaaa` and for `abcabc`.
 */
const longestRepeat = (word: string): number => {
  const characters = Array.from(word);
  const repeats = [0];
  let [length, longest] = [0, 0];
  for (const character of characters.slice(1)) {
    while (length > 0 && character !== characters[length]) length = repeats[length - 1] as number;
    if (character === characters[length]) length += 1;
    repeats.push(length);
    longest = Math.max(longest, length);
  }
  return longest;
};

/**
 * Answers how often `like` may look at each byte of a text to find these words: from each of its characters on, it compares as
 * much as is the same, and only words that repeat their beginning are the same from one character and from the next.
 */
export const looksPerByte = (words: readonly string[]): number =>
  words.reduce((looks, word) => looks + 1 + longestRepeat(word), 1);
