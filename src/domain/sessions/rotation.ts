import type { Draft } from '../kernel/draft.js';
import type { SessionCommands } from './commands.js';
import type { SessionEvents } from './events.js';
import type { ActiveSession } from './state.js';

type Refresh = SessionCommands['RefreshSession'];

/** Says whether all sessions of the user were ended since this one began, and this one was not excepted. */
export const isOver = ({ sessionId, userEpoch, exceptSessionId }: Refresh, { epoch }: ActiveSession): boolean =>
  epoch < userEpoch && sessionId !== exceptSessionId;

/**
 * Says whether the token was spent just now: the answer may have been lost, and nobody has used the token that it gave.
 */
const isInGrace = ({ presentedHash, graceSince }: Refresh, { previous }: ActiveSession): boolean =>
  previous !== null && previous.spentAt >= graceSince && previous.hashes.includes(presentedHash);

/** Says whether the token may be exchanged for a new one. */
export const isSpendable = (refresh: Refresh, state: ActiveSession): boolean =>
  state.current.includes(refresh.presentedHash) || isInGrace(refresh, state);

/** Says whether a token of this session is presented again after it was spent. */
export const isReuse = (refresh: Refresh, state: ActiveSession): boolean =>
  !isSpendable(refresh, state) &&
  (state.spent.includes(refresh.presentedHash) || state.previous?.hashes.includes(refresh.presentedHash) === true);

/** Puts a new generation into the draft. A repeat within the grace period adds a sibling to the newest generation instead. */
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
