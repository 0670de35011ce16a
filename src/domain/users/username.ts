/** 3 to 32 of these; compared without regard to case. */
export const USERNAME_PATTERN = /^[A-Za-z0-9_.-]{3,32}$/;

/** What two spellings of one username have in common: the claim is on this. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase();
