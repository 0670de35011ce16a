import type { EventStore } from '../../application/ports/event-store.js';
import type { LogTree } from '../../application/ports/tree-store.js';
import { failure, ok, warning, type Check } from './outcome.js';

const MAX_LAG = 10_000;

/** Checks that the log fits its tree, as far as its servers have noticed, and that new events come under it. */
export const checkAuditTree =
  (tree: Pick<LogTree, 'head' | 'halt'>, events: Pick<EventStore, 'head' | 'countBetween'> | undefined): Check =>
  async () => {
    const halt = await tree.halt();
    if (halt)
      return failure(
        `audit_tree_halted since ${halt.since}: ${halt.reason}`,
        'find out what happened with chatapp audit verify; keep the database as it is',
      );
    const { size, position } = await tree.head();
    if (!events) return warning(`${size} events are under it`, 'see what is said of the log');
    const behind = await events.countBetween(position, await events.head());
    const detail = `${size} events are under it, ${behind} are not yet`;
    return behind > MAX_LAG ? warning(detail, 'is a server running? see its log') : ok(detail);
  };
