import type { Instant } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { AuditIndex, CountQuery, EventCount } from '../ports/audit-index.js';
import { InvalidCursorError } from '../ports/message-views.js';

/** Where the next page of counts begins: behind a stretch of time and a type. */
export const COUNTS_CURSOR = /^t([1-8]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)-([A-Za-z]{1,100})$/;

const MOST_COUNTS = 1_000;

const countsCursor = ({ start, type }: EventCount): string => `t${start}-${type}`;

/** Says whether there is such a time: the 30th of February is none. */
const isTime = (text: string): boolean => {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
};

/** Answers the last count of the page before. Raises `InvalidCursorError`. */
const lastOf = (cursor: string): CountQuery['after'] => {
  const [, start = '', type = ''] = COUNTS_CURSOR.exec(cursor) ?? [];
  if (!isTime(start)) throw new InvalidCursorError('is no cursor of this list');
  return { start: start as Instant, type };
};

/** Counts events by time and type, as far as the index has come. Rejects `audit_range_backwards`; raises `InvalidCursorError`. */
export const countEvents =
  (index: AuditIndex) =>
  async ({
    cursor,
    ...query
  }: Pick<CountQuery, 'bucket' | 'type' | 'from' | 'to'> & { readonly cursor?: string | undefined }) => {
    if (query.from !== undefined && query.to !== undefined && query.from > query.to) reject('audit_range_backwards');
    const after = cursor === undefined ? undefined : lastOf(cursor);
    const { counts, position } = await index.count({ ...query, after, limit: MOST_COUNTS });
    const last = counts.length === MOST_COUNTS ? counts.at(-1) : undefined;
    return { counts, position, nextCursor: last ? countsCursor(last) : null };
  };
