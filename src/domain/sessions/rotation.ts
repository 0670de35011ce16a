import type { Draft } from '../kernel/draft.js';
import type { SessionCommands } from './commands.js';
import type { SessionEvents } from './events.js';
import type { ActiveSession } from './state.js';

type Refresh = SessionCommands['RefreshSession'];

/** Whether all the user's sessions were ended since this one began, this one not excepted. */
export const isOver = ({ sessionId, userEpoch, exceptSessionId }: Refresh, { epoch }: ActiveSession): boolean =>
  epoch < userEpoch && sessionId !== exceptSessionId;

/** Whether the token was spent just now: its answer may have been lost, and nobody has used what came of it. */
const isInGrace = ({ presentedHash, graceSince }: Refresh, { previous }: ActiveSession): boolean =>
  previous !== null && previous.spentAt >= graceSince && previous.hashes.includes(presentedHash);

/** Whether the token may be exchanged for a new one. */
export const isSpendable = (refresh: Refresh, state: ActiveSession): boolean =>
  state.current.includes(refresh.presentedHash) || isInGrace(refresh, state);

/** Whether a token that this session once had is presented after it was spent. */
export const isReuse = (refresh: Refresh, state: ActiveSession): boolean =>
  !isSpendable(refresh, state) &&
  (state.spent.includes(refresh.presentedHash) || state.previous?.hashes.includes(refresh.presentedHash) === true);

/** Puts a new generation into the draft; a repeat within the grace adds a sibling to the newest one instead. */
export const rotate = (draft: Draft<ActiveSession>, refreshed: SessionEvents['SessionRefreshed']): void => {
  const { epoch, spentTokenHash, refreshTokenHash, refreshExpiresAt, refreshedAt } = refreshed;
  draft.epoch = epoch;
  draft.expiresAt = refreshExpiresAt;
  if (draft.current.includes(spentTokenHash)) {
    draft.spent.push(...(draft.previous?.hashes ?? []));
    draft.previous = { hashes: draft.current, spentAt: refreshedAt };
    draft.current = [];
  }
  draft.current.push(refreshTokenHash);
};
