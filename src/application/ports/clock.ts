import type { Instant } from '../../domain/kernel/ids.js';

/** The time now. */
export type Clock = () => Instant;
