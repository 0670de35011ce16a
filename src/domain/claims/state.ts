import type { UserId } from '../kernel/ids.js';

/** Who holds the name: nobody, or one person. */
export type ClaimState = { readonly holder: UserId | null };
