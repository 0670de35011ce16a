import type { EventStore } from '../../application/ports/event-store.js';
import type { LogTree } from '../../application/ports/tree-store.js';
import type { WitnessStates } from '../../application/ports/witnesses.js';
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

/** Checks that witnesses answer, and sign what the log has signed. */
export const checkWitnesses =
  (states: Pick<WitnessStates, 'list'>): Check =>
  async () => {
    const all = await states.list();
    const refusing = all.filter(({ refusedBecause }) => refusedBecause !== null);
    if (refusing.length > 0)
      return failure(
        refusing.map(({ name, refusedBecause }) => `${name} does not sign: ${refusedBecause}`).join(', '),
        'find out what happened with chatapp audit verify; what the witness holds is the proof',
      );
    const away = all.filter(({ awaySince }) => awaySince !== null);
    if (away.length > 0)
      return warning(
        away.map(({ name, awaySince }) => `${name} gives no answer since ${awaySince}`).join(', '),
        'is it reached from here?',
      );
    return ok(all.length === 0 ? 'none' : all.map(({ name, size }) => `${name} has signed ${size} events`).join(', '));
  };
