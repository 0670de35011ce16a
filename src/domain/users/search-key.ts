/** The form in which a name and a search for it are compared: compatible forms, case and spacing make no difference. */
export const searchKey = (text: string): string => text.normalize('NFKC').toLowerCase().trim().replace(/\s+/gu, ' ');

/** The keys under which a search finds a user: the username, the display name, and each word of it. */
export const searchTerms = (username: string, displayName: string): string[] => {
  const name = searchKey(displayName);
  return [...new Set([searchKey(username), name, ...name.split(' ')])].filter((term) => term !== '');
};
