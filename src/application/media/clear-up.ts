import { answeredWithin } from '../kernel/answered-within.js';
import { BlobStoreUnavailableError } from '../ports/blob-store.js';
import { DatabaseUnavailableError } from '../ports/database-unavailable.js';

/** A store that is there again clears up within it. */
const MOMENT_MS = 2_000;

/** Says whether a store is away, so that the next request may be waited for as long. */
export const isStoreAway = (error: unknown): boolean =>
  [BlobStoreUnavailableError, DatabaseUnavailableError].some((kind) => error instanceof kind);

/**
 * Clears up behind a failure. Where a store is away, whoever is to be told of that waits for it a moment more, and no longer: what cannot
 * be removed now is found by the look for orphans.
 */
export const clearUp = async (failure: unknown, clear: () => Promise<unknown>): Promise<void> => {
  const clearing = clear();
  if (!isStoreAway(failure)) {
    await clearing;
    return;
  }
  await answeredWithin(MOMENT_MS, clearing, () => new Error('it is not cleared up yet')).catch(() => undefined);
};
