import type { SessionId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { session } from '../../domain/sessions/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { load } from '../kernel/loaded.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore } from '../ports/event-store.js';
import type { SessionDenylist } from '../ports/session-denylist.js';

/** Ends one of the actor's own sessions. Those of others do not exist for them: rejects `session_not_found`. */
export const endSession =
  (transact: Transact, store: EventStore, denylist: SessionDenylist) =>
  async ({ sessionId }: { readonly sessionId: SessionId }, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { state } = await load(store, session, sessionId);
    if (state.status === 'absent' || state.userId !== by) return reject('session_not_found');
    const { position } = await transact(context, async () => ({
      decisions: [decision(session, sessionId, { type: 'EndSession', data: { sessionId, by, at } })],
      answer: () => ({}),
    }));
    denylist.sessionEnded(sessionId);
    return { position };
  };
