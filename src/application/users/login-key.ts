import { emailKey } from '../../domain/users/email.js';
import { usernameKey } from '../../domain/users/username.js';

/** Answers the form that all spellings of a username or an e-mail address share, so that they are counted together. */
export const loginKey = (login: string): string => (login.includes('@') ? emailKey(login) : usernameKey(login));
