import { emailClaim, usernameClaim } from '../../domain/claims/decider.js';
import { idOfStream, type UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import { emailKey } from '../../domain/users/email.js';
import type { UserState } from '../../domain/users/state.js';
import { usernameKey } from '../../domain/users/username.js';
import type { StandingHolds } from '../holds/standing-holds.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision, type Decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { KeyedHashes } from '../ports/keyed-hashes.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import type { UserKeys } from '../ports/user-keys.js';

export interface EraseParts {
  readonly store: EventStore;
  readonly hashes: KeyedHashes;
  readonly denylist: SessionDenylist;
  readonly holds: Pick<StandingHolds, 'lookUp'>;
  readonly keys: Pick<UserKeys, 'idsOf'>;
  /** Makes this node forget the user. Every other node does so when it sees the event. */
  readonly onErased: (userId: UserId) => void;
}

type Conditions = () => Promise<readonly StreamCondition[]>;

/**
 * Erases a user, for good: their sessions end, their names are free, and the log holds the fact. A reactor then destroys
 * the key of what is personal. Nothing happens to a user who is erased already. It is appended on the condition that no hold has
 * come meanwhile.
 */
export const eraseUser = (transact: Transact, { store, hashes, denylist, holds, keys, onErased }: EraseParts) => {
  const decisionsOf = async (userId: UserId, isHeld: boolean, context: CommandContext<UserId | null>) => {
    const { actor: by, now: at } = context;
    const { state } = await load(store, user, userId);
    if (state.status === 'absent') return reject('user_not_found');
    const data = { userId, isHeld, keyIds: await keys.idsOf(userId), by, at };
    const erasing: Decision<UserState> = decision(user, userId, { type: 'EraseUser', data });
    if (state.status === 'erased') return { epoch: 0, decisions: [erasing] };
    const usernameId = idOfStream(hashes.usernameStream(usernameKey(state.username)));
    const emailId = idOfStream(hashes.emailStream(emailKey(state.email)));
    return {
      epoch: state.sessionEpoch + 1,
      decisions: [
        erasing,
        decision(usernameClaim, usernameId, { type: 'ReleaseUsername', data: { userId, at } }),
        decision(emailClaim, emailId, { type: 'ReleaseEmail', data: { userId, at } }),
      ],
    };
  };

  return async (userId: UserId, context: CommandContext<UserId | null>, conditions: Conditions) => {
    const { answer, position } = await transact({ ...context, claim: null }, async () => {
      const allowed = await conditions();
      const { isHeld, condition } = await holds.lookUp(userId);
      const { epoch, decisions } = await decisionsOf(userId, isHeld, context);
      return { decisions, require: [...allowed, condition], answer: () => ({ epoch }) };
    });
    if (answer.epoch > 0) denylist.sessionsEnded(userId, answer.epoch, null);
    onErased(userId);
    return { position };
  };
};

export type EraseUser = ReturnType<typeof eraseUser>;
