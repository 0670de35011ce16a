import type { Position } from '../kernel/ids.js';

/** How far the member has read. */
export type ReadingState = { readonly readUpTo: Position };
