import type { Hash, Instant, UserId } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type RequestEvents = {
  /** A request with an idempotency key was carried out: the same one again gets the same answer. */
  RequestAccepted: {
    /** The user whose request it was: their key seals the fingerprint. It is null in events of version 1, which did not hold it. */
    userId: UserId | null;
    /** A keyed hash of the idempotency key and the request without its secrets; null where it is not known any more. */
    fingerprint: Hash | null;
    /** The answer to the request. It holds identifiers only: no secret, and nothing personal. */
    answer: Record<string, unknown>;
    acceptedAt: Instant;
  };
};
