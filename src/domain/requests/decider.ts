import type { Decider } from '../kernel/decider.js';
import type { Hash, Instant, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { RequestEvents } from './events.js';

export type RequestCommands = {
  AcceptRequest: { userId: UserId; fingerprint: Hash; answer: Record<string, unknown>; at: Instant };
};

export type RequestState =
  | { readonly status: 'absent' }
  | { readonly status: 'accepted'; readonly fingerprint: Hash | null; readonly answer: Record<string, unknown> };

/**
 * Rejects a request whose key came with another request before. Where the first fingerprint is not known any more, the
 * key alone shows that it is the same request.
 */
export const requireSameRequest = (fingerprint: Hash, earlier: Hash | null): void => {
  if (earlier !== null && earlier !== fingerprint) reject('idempotency_conflict');
};

/** One idempotency key of one caller. It stands for one request, for ever. */
export const request: Decider<RequestCommands, RequestEvents, RequestState> = {
  category: 'request',
  initial: { status: 'absent' },
  decide: {
    AcceptRequest: ({ userId, fingerprint, answer, at }, state) => {
      if (state.status === 'absent')
        return [{ type: 'RequestAccepted', data: { userId, fingerprint, answer, acceptedAt: at } }];
      requireSameRequest(fingerprint, state.fingerprint);
      return [];
    },
  },
  evolve: { RequestAccepted: (_, { fingerprint, answer }) => ({ status: 'accepted', fingerprint, answer }) },
};
