import type { Instant, UserId } from '../kernel/ids.js';

export type UsernameClaimCommands = { ClaimUsername: { userId: UserId; at: Instant } };
export type EmailClaimCommands = { ClaimEmail: { userId: UserId; at: Instant } };
