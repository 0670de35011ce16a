import type { UserId } from '../kernel/ids.js';

/** Who holds the name: nobody, or one user. */
export type ClaimState = { readonly claimedBy: UserId | null };
