/** The cursor of the message with this ordinal: opaque to clients. */
export const messageCursor = (seq: number): string => `m${seq.toString(36)}`;

/** The ordinal a cursor stands for, undefined when it is none. */
export const openMessageCursor = (cursor: string): number | undefined =>
  /^m[0-9a-z]{1,10}$/.test(cursor) ? Number.parseInt(cursor.slice(1), 36) : undefined;
