/** The characters of a username, 3 to 32 of them. Names are compared without regard to case. */
export const USERNAME_PATTERN = /^[A-Za-z0-9_.-]{3,32}$/;

/** The form that all spellings of one username share. The claim is on this form. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase();
