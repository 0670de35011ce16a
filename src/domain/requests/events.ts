import type { Hash, Instant } from '../kernel/ids.js';

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type RequestEvents = {
  /** A request with an idempotency key was carried out: the same one again gets the same answer. */
  RequestAccepted: {
    /** SHA-256 of the request's body. */
    fingerprint: Hash;
    /** What it was answered: identifiers only, no secret and nothing personal. */
    answer: Record<string, unknown>;
    acceptedAt: Instant;
  };
};
