/** The most characters of a file's name. */
const MAX_NAME_LENGTH = 255;

/**
 * No name may hold these: control characters, halves of characters, and marks that turn the direction of what follows.
 */
const UNFIT = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

/** Answers the name under which a file is kept: without folders, and null where nothing of it is a name. */
export const fileNameOf = (given: string | undefined): string | null => {
  const last = (given ?? '').split(/[/\\]/).at(-1) ?? '';
  const name = [...last.normalize('NFC').replaceAll(UNFIT, '').trim()].slice(0, MAX_NAME_LENGTH).join('');
  return /^\.*$/.test(name) ? null : name;
};
