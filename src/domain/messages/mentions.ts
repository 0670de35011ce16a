import { usernameKey } from '../users/username.js';

/** The word that mentions all members of a group, if an owner or an admin of it says so. */
export const ALL = 'all';

/** The most different names of a text that are looked up; what stands behind them is text. */
export const MAX_MENTIONS = 50;

/** A name behind an @ that is not inside a word: `bob@example.org` mentions nobody. */
const MENTION = /(?<![\p{L}\p{N}_.@-])@([A-Za-z0-9_.-]{3,32})(?![A-Za-z0-9_-])/gu;

/** A sentence may end behind a name, which may itself end in a dot. */
const PUNCTUATION = /[_.-]+$/;

const spellingsOf = (name: string): string[] => {
  const bare = name.replace(PUNCTUATION, '');
  return bare.length >= 3 && bare !== name ? [usernameKey(name), usernameKey(bare)] : [usernameKey(name)];
};

/**
 * Lists what a text mentions, each once: the names that it may be, of which the first counts that somebody has. They are in
 * the form in which usernames are compared.
 */
export const mentionsIn = (text: string): readonly (readonly string[])[] => {
  const found = new Map<string, readonly string[]>();
  if (!text.includes('@')) return [];
  for (const [, name = ''] of text.matchAll(MENTION)) {
    const spellings = spellingsOf(name);
    found.set(spellings.join(' '), spellings);
    if (found.size === MAX_MENTIONS) break;
  }
  return [...found.values()];
};
