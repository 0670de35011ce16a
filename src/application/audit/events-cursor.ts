import type { Position } from '../../domain/kernel/ids.js';
import type { Stretch } from '../ports/audit-index.js';

/** Where the next page begins, and where the list ends: at the end of the log as it was at the first page. */
export const EVENTS_CURSOR = /^e(\d{1,18})-(\d{1,18})$/;

/** Without the end, each page of an auditor would be followed by the record of that very page, and so on for ever. */
export const eventsCursor = ({ after, upTo }: Stretch): string => `e${after}-${upTo}`;

/** Reads a cursor, whose form has been checked. */
export const stretchOf = (cursor: string): Stretch => {
  const [, after = '0', upTo = '0'] = EVENTS_CURSOR.exec(cursor) ?? [];
  return { after: after as Position, upTo: upTo as Position };
};
