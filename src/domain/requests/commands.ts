import type { Hash, Instant, UserId } from '../kernel/ids.js';

export type RequestCommands = {
  AcceptRequest: { userId: UserId; fingerprint: Hash; answer: Record<string, unknown>; at: Instant };
};
