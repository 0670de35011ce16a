import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Transact } from '../kernel/transact.js';
import { changeUser } from '../users/change-user.js';

/** Ends every session of a user, for the command-line tool. The nodes see it in the log, within moments. */
export const endSessionsOf =
  (transact: Transact) =>
  ({ userId }: { readonly userId: UserId }, context: CommandContext<null>) => {
    const data = { userId, exceptSessionId: null, at: context.now };
    return changeUser(transact, { type: 'EndSessions', data }, context);
  };
