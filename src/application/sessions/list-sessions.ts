import type { SessionId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { SessionView, SessionViews } from '../ports/session-views.js';

/** A session of the actor. */
export type OwnSession = SessionView & { readonly current: boolean };

/** Lists the sessions of the actor, the one last used first. */
export const listSessions =
  (views: SessionViews) =>
  async ({ actor, sessionId, now }: CommandContext): Promise<{ readonly sessions: readonly OwnSession[] }> => {
    const isCurrent = (id: SessionId): boolean => id === sessionId;
    const open = await views.open(actor, now);
    return { sessions: open.map((session) => ({ ...session, current: isCurrent(session.sessionId) })) };
  };
