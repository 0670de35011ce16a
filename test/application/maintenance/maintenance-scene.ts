import { setImmediate as nextTurn } from 'node:timers/promises';
import { maintenanceUseCases, type MaintenancePorts } from '../../../src/application/maintenance/use-cases.js';
import type { MaintenanceTurns } from '../../../src/application/ports/maintenance-turns.js';
import type { ProjectionOperations, ProjectionStatus } from '../../../src/application/ports/projection-operations.js';
import { PROJECTIONS } from '../../../src/application/projections/registry.js';
import { grantRole } from '../../../src/application/roles/grant-role.js';
import { requireRole } from '../../../src/application/roles/require-role.js';
import { revokeRole } from '../../../src/application/roles/revoke-role.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { positionOf } from '../../support/ids.js';
import { createWorld } from '../kernel/world.js';

export const REASON = 'Searches find too little';

/** Turns that all nodes of a test share. */
const sharedTurns = () => {
  const taken = new Map<string, AbortController>();
  const turns: MaintenanceTurns = {
    take: async (projection) => {
      if (taken.has(projection)) return undefined;
      const lost = new AbortController();
      taken.set(projection, lost);
      return {
        lost: lost.signal,
        release: async () => {
          if (taken.get(projection) === lost) taken.delete(projection);
        },
      };
    },
    isTaken: async (projection) => taken.has(projection),
  };
  return {
    turns,
    /** Takes the turn away, as when the connection that keeps it is cut. */
    lose: (projection: string) => {
      taken.get(projection)?.abort();
      taken.delete(projection);
    },
    /** Gives a turn back without a word, as when a process is killed. */
    forget: (projection: string) => taken.delete(projection),
  };
};

/** Work on projections that goes on until the test ends it. */
const heldOperations = () => {
  const discarded: string[] = [];
  let end: { resolve: (value: never) => void; reject: (error: unknown) => void } | undefined;
  const until = (signal: AbortSignal) =>
    new Promise<never>((resolve, reject) => {
      end = { resolve, reject };
      signal.addEventListener('abort', () => reject(new Error('it was ended')));
    });
  const statuses: ProjectionStatus[] = [];
  const operations: Partial<ProjectionOperations> = {
    list: async () => statuses,
    parked: async () => [],
    rebuild: (_, { signal }) => until(signal),
    redrive: (_, { signal }) => until(signal),
    cancelRebuild: async (name) => discarded.push(name) > 0,
    verify: async (name, onProgress) => {
      for (;;) {
        onProgress(name ?? '', { table: 'messages' });
        await nextTurn();
      }
    },
  };
  return {
    operations: operations as ProjectionOperations,
    statuses,
    discarded,
    finish: (result: object) => end?.resolve(result as never),
    fail: (error: unknown) => end?.reject(error),
  };
};

/** Operators in a world of its own. Each node that is made has its own work and its own end, and shares the log and the turns. */
export const createMaintenanceScene = async () => {
  const world = await createWorld();
  const { transact, users, now: clock } = world;
  const required = requireRole(users);
  const shared = sharedTurns();
  const [grant, revoke] = [grantRole(transact, required), revokeRole(transact, required)];
  const node = (other: Partial<MaintenancePorts> = {}) => {
    const stopping = new AbortController();
    const held = heldOperations();
    for (const { name, version } of PROJECTIONS)
      held.statuses.push({
        ...{ name, version, position: positionOf(1), behind: 0, running: true, parked: 0, stopped: null },
      });
    const failures: unknown[] = [];
    const useCases = maintenanceUseCases({
      ...world,
      ...{ store: world.store, clock, requireRole: required, turns: shared.turns, operations: held.operations },
      stopping: stopping.signal,
      sleep: () => nextTurn(),
      onFailed: (_, error) => failures.push(error),
      ...other,
    });
    return { ...held, useCases, failures, stop: () => stopping.abort() };
  };
  return {
    ...world,
    ...shared,
    node,
    operator: async (username: string): Promise<UserId> => {
      const userId = await world.user(username);
      await grant({ userId, role: 'operator' }, world.contextOf(null));
      return userId;
    },
    revoke: (userId: UserId) => revoke({ userId, role: 'operator' }, world.contextOf(null)),
  };
};

export type MaintenanceScene = Awaited<ReturnType<typeof createMaintenanceScene>>;
