/** The bytes from `start` up to `end`, which is not among them. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** Answers the range that these two numbers name; undefined where it has no byte. */
const rangeOf = (first: string, last: string, size: number): ByteRange | undefined => {
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : undefined;
};

/**
 * Reads a `Range` header. Several ranges, and those of other units, count as none, as RFC 9110 allows: the whole is the
 * answer then. A range of bytes that is malformed, or has no byte, is `unsatisfiable`.
 */
export const byteRangeOf = (header: string | undefined, size: number): ByteRange | 'none' | 'unsatisfiable' => {
  if (header === undefined || !header.startsWith('bytes=') || header.includes(',')) return 'none';
  const [, first = '', last = ''] = ONE_RANGE.exec(header) ?? [];
  return rangeOf(first, last, size) ?? 'unsatisfiable';
};
