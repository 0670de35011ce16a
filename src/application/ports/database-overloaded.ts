/** All connections to the database are taken, and stayed so for too long; nothing was done. */
export class DatabaseOverloadedError extends Error {
  override readonly name = 'DatabaseOverloadedError';
}
