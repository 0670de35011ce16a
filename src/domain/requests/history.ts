import type { Instant } from '../kernel/ids.js';
import type { RequestEvents } from './events.js';

interface RequestAcceptedV1 {
  readonly answer: Record<string, unknown>;
  readonly acceptedAt: Instant;
}

/** In version 1 the fingerprint was a plain hash of the whole body, which nothing is compared with any more. */
export const requestAcceptedFromV1 = ({ answer, acceptedAt }: RequestAcceptedV1): RequestEvents['RequestAccepted'] => ({
  userId: null,
  fingerprint: null,
  answer,
  acceptedAt,
});
