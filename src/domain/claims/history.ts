import { firstly, type History } from '../kernel/history.js';
import type { Instant, UserId } from '../kernel/ids.js';
import type { ClaimEvents } from './events.js';

/** In version 1 the release of a name said whose it had been. */
interface ReleasedV1 {
  readonly userId: UserId;
  readonly releasedAt: Instant;
}

const withoutUser = ({ releasedAt }: ReleasedV1) => ({ releasedAt });

export const claimHistory: History<ClaimEvents> = {
  UsernameClaimed: firstly<ClaimEvents['UsernameClaimed']>().storedAnew(),
  UsernameReleased: firstly<ReleasedV1>().lifted(withoutUser),
  EmailClaimed: firstly<ClaimEvents['EmailClaimed']>().storedAnew(),
  EmailReleased: firstly<ReleasedV1>().lifted(withoutUser),
};
