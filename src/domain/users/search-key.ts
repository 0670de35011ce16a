/** What a name and a search for it have in common: compatible forms and case make no difference, nor how it is spaced. */
export const searchKey = (text: string): string => text.normalize('NFKC').toLowerCase().trim().replace(/\s+/gu, ' ');

/** What a user is found by: the username, the display name, and each word of it. */
export const searchTerms = (username: string, displayName: string): string[] => {
  const name = searchKey(displayName);
  return [...new Set([searchKey(username), name, ...name.split(' ')])].filter((term) => term !== '');
};
