import { firstly, type History } from '../kernel/history.js';
import type { Instant } from '../kernel/ids.js';
import type { RequestEvents } from './events.js';

/** In version 1 the fingerprint was a plain hash of the whole body, which nothing is compared with any more. */
interface RequestAcceptedV1 {
  readonly answer: Record<string, unknown>;
  readonly acceptedAt: Instant;
}

const withoutFingerprint = ({ answer, acceptedAt }: RequestAcceptedV1): RequestEvents['RequestAccepted'] => ({
  userId: null,
  fingerprint: null,
  answer,
  acceptedAt,
});

export const requestHistory: History<RequestEvents> = {
  RequestAccepted: firstly<RequestAcceptedV1>().lifted(withoutFingerprint),
};
