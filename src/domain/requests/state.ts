import type { Hash } from '../kernel/ids.js';

export type RequestState =
  | { readonly status: 'absent' }
  | { readonly status: 'accepted'; readonly fingerprint: Hash | null; readonly answer: Record<string, unknown> };
