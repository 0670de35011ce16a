/** What two spellings of one e-mail address have in common: the claim is on this. */
export const emailKey = (email: string): string => email.normalize('NFKC').trim().toLowerCase();
