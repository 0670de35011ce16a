import type { Hash, StreamId } from '../../domain/kernel/ids.js';

/** Hashes with keys of the server, so that a stream's name holds no personal data and cannot be guessed from one. */
export interface KeyedHashes {
  usernameStream(usernameKey: string): StreamId;
  emailStream(emailKey: string): StreamId;
  /** The stream of an idempotency key: of one caller (null before log-in), on one kind of request. */
  requestStream(actor: string | null, operation: string, idempotencyKey: string): StreamId;
  /** Of an idempotency key and the request that came with it, whatever the order of its fields. */
  fingerprint(idempotencyKey: string, request: unknown): Hash;
}
