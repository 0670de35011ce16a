import { BundleFault } from '../../domain/audit/bundle-manifest.js';

/** The bytes of an entry in the directory of a ZIP, and of its end, beside what has a length of its own (APPNOTE, section 4.3). */
const LISTED_BYTES = 46;
const END_BYTES = 22;
/** At most so many bytes follow the content of an entry: its checksum and sizes. There is no room for another entry in them. */
const DESCRIPTOR_BYTES = 24;

/** Where an entry stands in the file. */
export interface EntryPlace {
  readonly begin: number;
  /** The end of its content, not included. */
  readonly end: number;
  /** The bytes of its names and comments in the directory. */
  readonly named: number;
}

/**
 * Requires that entries and their directory are all of the file. What stands between them is read by no program that goes by
 * the directory, as we do; others go through the file from its beginning, and would show another transcript than the one that was
 * verified. Raises `BundleFault`.
 */
export const requireNothingElse = (entries: readonly EntryPlace[], fileSize: number): void => {
  const directory = entries.reduce((sum, { named }) => sum + LISTED_BYTES + named, 0);
  const begins = entries.map(({ begin }) => begin).sort((one, other) => one - other);
  const ends = entries.map(({ end }) => end).sort((one, other) => one - other);
  const isBeside = (begin: number, end: number): boolean => begin >= end && begin <= end + DESCRIPTOR_BYTES;
  const areBeside = [...begins, fileSize - END_BYTES - directory].every((begin, at) =>
    isBeside(begin, ends[at - 1] ?? 0),
  );
  if (!areBeside) throw new BundleFault('the file holds more than the parts of the bundle');
};
