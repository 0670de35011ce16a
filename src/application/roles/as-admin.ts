import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { RequireRole } from './require-role.js';

/** Answers the conditions under which an admin changes a user. There are none for the command-line tool, which has no actor. */
export const asAdmin =
  (requireRole: RequireRole, { actor }: CommandContext<UserId | null>, changed: UserId) =>
  async (): Promise<readonly StreamCondition[]> => {
    if (actor === null) return [];
    const condition = await requireRole(actor, 'admin');
    // The stream of the actor is written itself: it stands in the append already.
    return actor === changed ? [] : [condition];
  };
