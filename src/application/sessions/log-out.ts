import { reject } from '../../domain/kernel/rejections.js';
import { session } from '../../domain/sessions/decider.js';
import { user } from '../../domain/users/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { SessionDenylist } from '../ports/session-denylist.js';

/** Ends this session, or all of the user's: their tokens stop working at once, and their sockets are closed. */
export const logOut =
  (transact: Transact, denylist: SessionDenylist) =>
  async ({ scope }: { readonly scope: 'session' | 'all' }, context: CommandContext) => {
    const { actor: userId, sessionId, now: at } = context;
    if (sessionId === null) return reject('unauthenticated');
    if (scope === 'session') {
      const command = { type: 'EndSession', data: { sessionId, by: userId, at } } as const;
      const ended = await transact(context, async () => ({
        decisions: [decision(session, sessionId, command)],
        answer: () => ({}),
      }));
      denylist.sessionEnded(sessionId);
      return { position: ended.position };
    }
    const command = { type: 'EndSessions', data: { userId, exceptSessionId: null, at } } as const;
    const { answer, position } = await transact(context, async () => ({
      decisions: [decision(user, userId, command)],
      answer: ([{ state }]) => ({ epoch: state.status === 'registered' ? state.sessionEpoch : 0 }),
    }));
    denylist.sessionsEnded(userId, answer.epoch, null);
    return { position };
  };

export type LogOut = ReturnType<typeof logOut>;
