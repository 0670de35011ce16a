import { InvalidCursorError } from '../../application/ports/message-views.js';

/** Answers the cursor of a list of users by username: the list goes on after this one. */
export const usernameCursor = (usernameKey: string): string => Buffer.from(usernameKey).toString('base64url');

/** Answers the username key that a cursor stands for; empty for the beginning. Raises `InvalidCursorError`. */
export const openUsernameCursor = (cursor: string | undefined): string => {
  if (cursor === undefined) return '';
  const key = Buffer.from(cursor, 'base64url').toString();
  if (!/^[a-z0-9_.-]{3,32}$/.test(key) || usernameCursor(key) !== cursor)
    throw new InvalidCursorError('is no cursor of this list');
  return key;
};
