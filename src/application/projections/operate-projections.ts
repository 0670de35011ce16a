import type { EventStore } from '../ports/event-store.js';
import {
  NotStoppedError,
  UnknownProjectionError,
  type ProjectionChecksum,
  type ProjectionOperations,
  type RebuildProgress,
  type RecentComparison,
  type Redriven,
  type Verification,
  type VerifyProgress,
} from '../ports/projection-operations.js';
import type { ProjectionStatuses } from '../ports/projection-statuses.js';
import { compareRecent } from './compare-recent.js';
import { listWithLag } from './list-with-lag.js';
import { repairFromLog } from './repair-from-log.js';
import { progressThrough } from './progress-through.js';
import { rebuildProjection } from './rebuild.js';
import { rebuildAtOnce } from './rebuild-at-once.js';
import { redriveProjection } from './redrive.js';
import type { RegisteredProjection } from './registered-projection.js';
import { verifyProjection } from './verify.js';

type OnProgress = (progress: RebuildProgress) => void;

export interface OperationsParts {
  readonly registered: readonly RegisteredProjection[];
  readonly statuses: ProjectionStatuses;
  readonly events: EventStore;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

type OperatedParts = RegisteredProjection & Pick<OperationsParts, 'events' | 'sleep'>;

const ignored = () => undefined;

/** Compares one projection with the log. */
const verify = async (parts: OperatedParts, onProgress: (progress: VerifyProgress) => void): Promise<Verification> => {
  const { name, rebuildable } = parts.projection;
  const { position, tables } = await verifyProjection({
    ...parts,
    onEvents: await progressThrough(parts.events, onProgress),
    onTable: (table) => onProgress({ table }),
  });
  const parked = (await parts.generations.parked()).length;
  const isRight = parked === 0 && tables.every(({ difference }) => difference === null);
  const verb = parked > 0 || !rebuildable ? 'redrive' : 'rebuild';
  return { name, position, parked, tables, isRight, repair: isRight ? null : `chatapp projections ${verb} ${name}` };
};

/** Compares one projection with the newest part of the log. */
const compareNewest = async (parts: OperatedParts): Promise<RecentComparison> => {
  const { name, rebuildable } = parts.projection;
  const { events, problems } = await compareRecent(parts);
  const [first = null] = problems;
  const repair = first === null ? null : `chatapp projections ${rebuildable ? 'rebuild' : 'redrive'} ${name}`;
  return { name, events, differences: problems.length, first, repair };
};

/** Sums up what one projection holds. */
const checksum = async (parts: OperatedParts, onTable: (table: string) => void): Promise<ProjectionChecksum> => {
  const { name, version } = parts.projection;
  if (await parts.generations.isOutdated())
    throw new Error(`the tables of ${name} are of another version: start a server of this one first`);
  const sums = await parts.generations.checksum(onTable);
  const behind = await parts.events.countBetween(sums.position, await parts.events.head());
  return { name, version, behind, parked: (await parts.generations.parked()).length, ...sums };
};

/** Adds what is missing, then makes rows what the log says; answers how many. */
const repairRows = async (parts: OperatedParts): Promise<number> => {
  if (!parts.addMissed) return 0;
  const added = await parts.addMissed({
    onFailed: (_, error) => {
      throw error;
    },
  });
  return added + (await repairFromLog({ ...parts, onEvents: ignored }));
};

const observed = async ({ events }: OperatedParts, onProgress: OnProgress) => ({
  advanced: await progressThrough(events, onProgress),
  parked: ignored, // they are listed afterwards
  retrying: ignored,
});

type Rebuild = ProjectionOperations['rebuild'];

const rebuild = async (
  parts: OperatedParts,
  { signal, ...choices }: Parameters<Rebuild>[1],
  onProgress: Parameters<Rebuild>[2],
): ReturnType<Rebuild> => {
  const observer = await observed(parts, onProgress);
  return rebuildAtOnce({ ...parts, observer, signal, onTable: (table) => onProgress({ table }) }, choices);
};

const redrive = async (parts: OperatedParts, signal: AbortSignal, onProgress: OnProgress): Promise<Redriven> => {
  const { projection, generations } = parts;
  if (projection.redrivenBy === 'applying') {
    const { applied, stillParked } = await redriveProjection({ ...parts, signal });
    return { applied: applied + (await repairRows(parts)), stillParked };
  }
  const before = (await generations.parked()).length;
  const observer = await observed(parts, onProgress);
  await rebuildProjection({ ...parts, observer, signal });
  signal.throwIfAborted();
  const stillParked = (await generations.parked()).length;
  return { applied: Math.max(0, before - stillParked), stillParked };
};

/** Makes what operators do with projections. */
export const operateProjections = ({ registered, statuses, ...parts }: OperationsParts): ProjectionOperations => {
  const all = new Map(registered.map((each) => [each.projection.name, { ...parts, ...each }]));
  const require = (name: string): OperatedParts => {
    const found = all.get(name);
    if (!found)
      throw new UnknownProjectionError(`there is no projection ${name}: take one of ${[...all.keys()].join(', ')}`);
    return found;
  };
  const chosen = (name: string | undefined): readonly OperatedParts[] =>
    name === undefined ? [...all.values()] : [require(name)];
  return {
    list: () => listWithLag(statuses, parts.events),
    parked: async (name) => {
      if (name !== undefined) require(name);
      return statuses.parked(name);
    },
    rebuild: async (name, choices, onProgress) => rebuild(require(name), choices, onProgress),
    cancelRebuild: async (name) => require(name).generations.atOnce((next) => next.drop()),
    verify: async (name, onProgress) => {
      const verifications: Verification[] = [];
      for (const each of chosen(name))
        verifications.push(await verify(each, (progress) => onProgress(each.projection.name, progress)));
      return verifications;
    },
    checksum: async (name, onProgress) => {
      const checksums: ProjectionChecksum[] = [];
      for (const each of chosen(name))
        checksums.push(await checksum(each, (table) => onProgress(each.projection.name, table)));
      return checksums;
    },
    compareRecent: async () => {
      const comparisons: RecentComparison[] = [];
      for (const each of all.values()) comparisons.push(await compareNewest(each));
      return comparisons;
    },
    resume: async (name) => {
      require(name);
      if (!(await statuses.resume(name))) throw new NotStoppedError(`projection ${name} has not stopped`);
    },
    redrive: async (name, { signal }, onProgress) => redrive(require(name), signal, onProgress),
  };
};
