import type { Decider } from '../kernel/decider.js';
import { reject } from '../kernel/rejections.js';
import type { RequestCommands } from './commands.js';
import type { RequestEvents } from './events.js';
import type { RequestState } from './state.js';

/** One idempotency key of one caller: stands for one request, for ever. */
export const request: Decider<RequestCommands, RequestEvents, RequestState> = {
  category: 'request',
  initial: { status: 'absent' },
  decide: {
    AcceptRequest: ({ fingerprint, answer, at }, state) => {
      if (state.status === 'absent')
        return [{ type: 'RequestAccepted', data: { fingerprint, answer, acceptedAt: at } }];
      return state.fingerprint === fingerprint ? [] : reject('idempotency_conflict');
    },
  },
  evolve: { RequestAccepted: (_, { fingerprint, answer }) => ({ status: 'accepted', fingerprint, answer }) },
};
