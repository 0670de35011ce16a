import type { Hash, StreamId } from '../../domain/kernel/ids.js';

/** Hashes with keys of the server. The name of a stream thus holds no personal data, and nobody can guess it. */
export interface KeyedHashes {
  usernameStream(usernameKey: string): StreamId;
  emailStream(emailKey: string): StreamId;
  /** Answers the stream of an idempotency key of one caller (null before log-in), for one kind of request. */
  requestStream(actor: string | null, operation: string, idempotencyKey: string): StreamId;
  /** Hashes an idempotency key and the request that came with it, whatever the order of its fields. */
  fingerprint(idempotencyKey: string, request: unknown): Hash;
  /** Hashes whom a limit counts, for this limit alone. */
  limited(limit: string, subject: string): Hash;
}
