import type { Hash, Instant } from '../kernel/ids.js';

export type RequestCommands = { AcceptRequest: { fingerprint: Hash; answer: Record<string, unknown>; at: Instant } };
