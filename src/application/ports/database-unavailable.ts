/** The database cannot be reached, or gave the work up for a reason of its own: the same may succeed later. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}
