/** Characters that show nothing on the screen, alone or without another character that they change. */
const SHOWS_NOTHING = [
  '\\p{White_Space}',
  // Joiners, variation selectors, marks of direction, and the fillers of Hangul.
  '\\p{Default_Ignorable_Code_Point}',
  '\\p{Cc}\\p{Cf}\\p{Cs}',
  // Accents, which stand on another character.
  '\\p{M}',
  '\\p{Noncharacter_Code_Point}',
  // The blank of Braille, and a note without a head: they are symbols by their category, and empty.
  '\\u2800\\u{1d159}',
].join('');

/** It is found in every text that shows something. */
export const VISIBLE = new RegExp(`[^${SHOWS_NOTHING}]`, 'u');
