/** Marks that letters of any script may have, but for those that make another letter of a Japanese one. */
const COMMON_MARKS = '[\\p{M}&&\\p{sc=Zinh}]--[\\u3099\\u309a]';
/** Points and vowels that are left out as often as not. */
const OPTIONAL_MARKS = '[\\p{Mn}&&[\\p{sc=Hebr}\\p{sc=Arab}]]';
/** These marks, the stroke that widens Arabic words, and what is invisible. */
const DROPPED = new RegExp(`[[${COMMON_MARKS}]${OPTIONAL_MARKS}\\u0640\\p{Default_Ignorable_Code_Point}]`, 'gv');

/** Characters that people write for one another, without a decomposition that would say so. */
const ALIKE: Readonly<Record<string, string>> = {
  ...{ ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', æ: 'ae', œ: 'oe', þ: 'th', ς: 'σ' },
  ...{ ך: 'כ', ם: 'מ', ן: 'נ', ף: 'פ', ץ: 'צ' },
  ...{ ى: 'ي', ی: 'ي', ک: 'ك', ة: 'ه', ٱ: 'ا' },
  ...Object.fromEntries(Array.from('٠١٢٣٤٥٦٧٨٩', (digit, value) => [digit, String(value)])),
  ...Object.fromEntries(Array.from('۰۱۲۳۴۵۶۷۸۹', (digit, value) => [digit, String(value)])),
  ...{ '‘': "'", '’': "'", ʼ: "'", '“': '"', '”': '"', '„': '"', '‟': '"' },
};
const DIFFERENT = new RegExp(`[${Object.keys(ALIKE).join('')}]|\\p{Pd}`, 'gu');

/** Scripts that put no spaces between words: a space beside one of their characters says nothing. */
const SPACELESS = '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}]';
const IDLE_SPACE = new RegExp(`(?<=${SPACELESS}) | (?=${SPACELESS})`, 'gu');

const ASCII = /^\p{ASCII}*$/u;

/** One ligature may stand for eighteen characters: no text gets longer than this. */
const MAX_LENGTH = 32_768;

const foldLetters = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(DROPPED, '')
    // Small first: a capital ẞ is its own capital.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    // A capital may have been made of a letter with a mark.
    .normalize('NFKD')
    .replace(DROPPED, '')
    .replace(DIFFERENT, (character) => ALIKE[character] ?? '-')
    .normalize('NFC');

/**
 * The form in which texts and what is searched for are compared: without differences of case, accents, widths, final forms
 * and kinds of dashes, with one space where there is any, and none beside scripts that write without.
 */
export const normalForm = (text: string): string => {
  const isAscii = ASCII.test(text);
  const spaced = (isAscii ? text.toLowerCase() : foldLetters(text)).replace(/\s+/gu, ' ').trim();
  return isAscii ? spaced : spaced.replace(IDLE_SPACE, '').normalize('NFC').slice(0, MAX_LENGTH).toWellFormed();
};
