/** Answers the cursor of the message with this ordinal. It is opaque to clients. */
export const messageCursor = (seq: number): string => `m${seq.toString(36)}`;

/** The form of these cursors. */
export const MESSAGE_CURSOR = /^m[0-9a-z]{1,10}$/;

/** Answers the ordinal that a cursor stands for; undefined for any other text. */
export const openMessageCursor = (cursor: string): number | undefined =>
  MESSAGE_CURSOR.test(cursor) ? Number.parseInt(cursor.slice(1), 36) : undefined;
