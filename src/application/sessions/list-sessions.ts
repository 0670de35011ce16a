import type { SessionId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { SessionView, SessionViews } from '../ports/session-views.js';

/** A session of one's own. */
export type OwnSession = SessionView & { readonly current: boolean };

/** Where one is logged in, the session last used first. */
export const listSessions =
  (views: SessionViews) =>
  async ({ actor, sessionId, now }: CommandContext): Promise<{ readonly sessions: readonly OwnSession[] }> => {
    const isCurrent = (id: SessionId): boolean => id === sessionId;
    const open = await views.open(actor, now);
    return { sessions: open.map((session) => ({ ...session, current: isCurrent(session.sessionId) })) };
  };
