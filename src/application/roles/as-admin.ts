import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { RequireRole } from './require-role.js';

/** The conditions under which an admin changes a user; none for who runs the server, who acts without an actor. */
export const asAdmin =
  (requireRole: RequireRole, { actor }: CommandContext<UserId | null>, changed: UserId) =>
  async (): Promise<readonly StreamCondition[]> => {
    if (actor === null) return [];
    const condition = await requireRole(actor, 'admin');
    // Of oneself the stream is written: it stands in the append already.
    return actor === changed ? [] : [condition];
  };
