/** Characters that leave nothing on the screen: alone, or without another that they change. */
const SHOWS_NOTHING = [
  '\\p{White_Space}',
  // Joiners, variation selectors, marks of direction, the fillers of Hangul.
  '\\p{Default_Ignorable_Code_Point}',
  '\\p{Cc}\\p{Cf}\\p{Cs}',
  // Accents: they stand on another character.
  '\\p{M}',
  '\\p{Noncharacter_Code_Point}',
  // The blank of Braille, and a note without a head: symbols by their category, and empty.
  '\\u2800\\u{1d159}',
].join('');

const SHOWS = new RegExp(`[^${SHOWS_NOTHING}]`, 'u');

/** Whether there is something to see in a text. */
export const showsSomething = (text: string): boolean => SHOWS.test(text);
