import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from './change-user.js';

export interface ChangeProfileInput {
  readonly displayName?: string | undefined;
  /** Null removes it. */
  readonly bio?: string | null | undefined;
}

/** Changes the actor's profile. What is not given stays. */
export const changeProfile =
  (transact: Transact) =>
  ({ displayName, bio }: ChangeProfileInput, context: CommandContext) => {
    const data = { userId: context.actor, displayName, bio, at: context.now };
    return changeUser(transact, { type: 'ChangeProfile', data }, context);
  };
