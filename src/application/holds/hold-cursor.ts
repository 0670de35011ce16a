/** The form of the cursors of the list of holds: it goes on behind this user or conversation and this matter. */
export const HOLD_CURSOR = /^l([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[A-Za-z0-9][\w.-]{0,63})$/;

export const holdCursor = (key: string): string => `l${key}`;

/** Answers the key that a cursor stands for, whose form has been checked; empty for the beginning. */
export const openHoldCursor = (cursor: string | undefined): string => HOLD_CURSOR.exec(cursor ?? '')?.[1] ?? '';
