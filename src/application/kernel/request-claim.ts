import type { UserId } from '../../domain/kernel/ids.js';
import type { KeyedHashes } from '../ports/keyed-hashes.js';
import type { RequestClaim } from './command-context.js';

/** A request that may have come with an idempotency key. */
interface ClaimingRequest {
  readonly actor: UserId | null;
  /** The kind of request: a key of one kind means nothing to another. */
  readonly operation: string;
  readonly key: string | undefined;
  /** The request without secrets: a hash of it is kept. */
  readonly request: unknown;
}

/** Answers what a request claims by its idempotency key; null where it has none. */
export const claimOf = (
  hashes: KeyedHashes,
  { actor, operation, key, request }: ClaimingRequest,
): RequestClaim | null =>
  key === undefined
    ? null
    : { stream: hashes.requestStream(actor, operation, key), fingerprint: hashes.fingerprint(key, request) };
