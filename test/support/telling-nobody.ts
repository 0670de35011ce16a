import type { ProgressTeller } from '../../src/infrastructure/projections/progress-teller.js';

/** A teller for what nobody waits for. */
export const TELLING_NOBODY: ProgressTeller = { advanced: () => undefined, revised: () => undefined };
