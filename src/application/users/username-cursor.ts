import { InvalidCursorError } from '../ports/message-views.js';

/** Answers the cursor of a list of users by username: the list goes on after this one. */
export const usernameCursor = (usernameKey: string): string => `u${usernameKey}`;

/** The form of these cursors, in which clients see nothing but an opaque text. */
export const USERNAME_CURSOR = /^u([a-z0-9_.-]{3,32})$/;

/** Answers the username key that a cursor stands for; empty for the beginning. Raises `InvalidCursorError`. */
export const openUsernameCursor = (cursor: string | undefined): string => {
  if (cursor === undefined) return '';
  const key = USERNAME_CURSOR.exec(cursor)?.[1];
  if (key === undefined) throw new InvalidCursorError('is no cursor of this list');
  return key;
};
