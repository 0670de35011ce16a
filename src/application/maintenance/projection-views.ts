import type { MadeMaintenance } from '../../domain/maintenance/decider.js';
import type { Position } from '../../domain/kernel/ids.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { EventStore } from '../ports/event-store.js';
import type { ParkedRow, ProjectionOperations, ProjectionStatus } from '../ports/projection-operations.js';
import { PROJECTIONS } from '../projections/registry.js';

/** What is filled beside the projection in use, whoever fills it, and how much of the log is in it, from 0 to 1. */
export interface FilledBeside {
  readonly version: number;
  readonly position: Position;
  readonly behind: number;
  readonly share: number;
  /** Whether a node fills it at this moment. */
  readonly running: boolean;
}

/** A projection as operators see it. Null where nothing is filled beside it, or was done with it. */
export interface ProjectionView extends ProjectionStatus {
  readonly rebuild: FilledBeside | null;
  readonly verification: FilledBeside | null;
  /** The newest maintenance. */
  readonly maintenance: MadeMaintenance | null;
}

export interface ProjectionDetails extends ProjectionView {
  /** The first of what could not be applied: never what it says. */
  readonly parkedEvents: readonly Omit<ParkedRow, 'projection'>[];
  /** The newest first. */
  readonly maintenances: readonly MadeMaintenance[];
}

interface ViewParts {
  readonly operations: Pick<ProjectionOperations, 'list' | 'parked'>;
  readonly events: Pick<EventStore, 'head' | 'countBetween'>;
  readonly maintenancesOf: (projection: string) => Promise<readonly MadeMaintenance[]>;
}

const MOST_PARKED = 100;

/** Shows projections, and what is being done with them. */
export const projectionViews = ({ operations, events, maintenancesOf }: ViewParts) => {
  const list = async (wanted: (name: string) => boolean): Promise<ProjectionView[]> => {
    const statuses = new Map((await operations.list()).map((each) => [each.name, each]));
    const total = await events.countBetween(LOG_START, await events.head());
    const filled = (name: string): FilledBeside | null => {
      const status = statuses.get(name);
      if (!status) return null;
      const { version, position, behind, running } = status;
      return { version, position, behind, running, share: total === 0 ? 1 : Math.max(0, 1 - behind / total) };
    };
    const views = PROJECTIONS.filter(({ name }) => wanted(name)).map(async ({ name }) => {
      const status = statuses.get(name);
      if (!status) return [];
      const [maintenance = null] = await maintenancesOf(name);
      const beside = { rebuild: filled(`${name}_rebuild`), verification: filled(`${name}_verify`) };
      return [{ ...status, ...beside, maintenance }];
    });
    return (await Promise.all(views)).flat();
  };
  return {
    list: () => list(() => true),
    /** Answers one; undefined where there is none. */
    find: async (wanted: string): Promise<ProjectionDetails | undefined> => {
      const [view] = await list((name) => name === wanted);
      if (!view) return undefined;
      const parked = (await operations.parked(wanted)).slice(0, MOST_PARKED);
      const parkedEvents = parked.map(({ projection: _, ...event }) => event);
      return { ...view, parkedEvents, maintenances: await maintenancesOf(wanted) };
    },
  };
};
