import type { Instant } from '../kernel/ids.js';
import type { ClaimEvents } from './events.js';

/** In version 1 the release of a name said whose it had been. */
export const releasedFromV1 = ({ releasedAt }: { readonly releasedAt: Instant }): ClaimEvents['EmailReleased'] => ({
  releasedAt,
});
