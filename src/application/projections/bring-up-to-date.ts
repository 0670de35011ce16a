import type { Consumer } from '../consumers/consumer.js';
import { LOG_START } from '../../domain/kernel/position.js';
import { followLog } from './follow-log.js';
import { progressThrough } from './progress-through.js';
import type { OlderUse } from './projector.js';
import { rebuildProjection } from './rebuild.js';
import type { AddMissed, RegisteredProjection } from './registered-projection.js';
import type { ProjectionsParts } from './projections-parts.js';

const LOOK_AGAIN_MS = 1_000;

/** How queries are answered from the generation in use: it is this program's own, or an older one, or none that it can read. */
export type UsedGeneration =
  | { readonly kind: 'current' | 'newer' | 'unreadable' }
  | { readonly kind: 'older'; readonly version: number; readonly use: OlderUse };

/** Says what the generation in use is to this program. */
export const usedGeneration = async ({
  projection: { version: own, olderVersions = {}, rebuildable },
  generations,
}: RegisteredProjection): Promise<UsedGeneration> => {
  const version = await generations.usedVersion();
  if (version === undefined || version === own) return { kind: 'current' };
  if (version > own && rebuildable) return { kind: 'newer' };
  const use = olderVersions[version];
  return use ? { kind: 'older', version, use } : { kind: 'unreadable' };
};

/** Adds what the projection has passed over while it was of an older version: it cannot be rebuilt. */
const mend = async (parts: ProjectionsParts, { projection, generations }: RegisteredProjection, add: AddMissed) => {
  const { observer, signal } = parts;
  const { name } = projection;
  observer.repairs(projection);
  await generations.inTurn(signal, async (next) => {
    if (!(await generations.isOutdated())) return;
    const added = await add({ signal, onFailed: (mail, error) => observer.missed(name, mail, error) });
    observer.repaired(name, added);
    await next.confirmVersion();
  });
};

const rebuild = async (parts: ProjectionsParts, each: RegisteredProjection, consumer: Consumer): Promise<void> => {
  const { events, observer, signal, progress } = parts;
  const { name } = each.projection;
  const watching = observer.rebuilds(each.projection);
  const through = await progressThrough(events, ({ share }) => {
    if (progress.rebuildOf(name) !== undefined) progress.rebuild(name, share);
  });
  await rebuildProjection(
    {
      ...each,
      events,
      observer: {
        ...watching,
        alive: () => consumer.alive(),
        advanced: async (position, count) => {
          await watching.advanced(position, count);
          await through(position, count);
        },
      },
      signal,
      sleep: (milliseconds) => parts.sleep(milliseconds, signal),
    },
    () => each.generations.isOutdated(),
  );
};

/** Has the older generation serve while the work is done: it follows the log where this program's projectors can write it. */
const servingOlder = async (
  parts: ProjectionsParts,
  each: RegisteredProjection,
  consumer: Consumer,
  { version, use }: Extract<UsedGeneration, { kind: 'older' }>,
): Promise<void> => {
  const done = new AbortController();
  const signal = AbortSignal.any([parts.signal, done.signal]);
  if (use === 'read') {
    parts.progress.readable(each.projection.name);
    parts.progress.announce(each.projection.name, (await each.generations.checkpoint()) ?? LOG_START);
    return rebuild(parts, each, consumer);
  }
  const { retrying } = parts.observer.follows(each.projection.name);
  const store = each.generations.openOlder(version);
  const following = followLog(parts, each, consumer, { store, signal }).catch(retrying);
  try {
    await rebuild(parts, each, consumer);
  } finally {
    done.abort();
    await following;
  }
};

/** A rolling upgrade would never come to its end if older servers made the read models anew for themselves. */
const readNewer = async (parts: ProjectionsParts, each: RegisteredProjection, consumer: Consumer): Promise<void> => {
  const { progress, observer, signal, sleep } = parts;
  const { name } = each.projection;
  observer.isOlder(each.projection);
  progress.readable(name);
  while (!signal.aborted && (await usedGeneration(each)).kind === 'newer') {
    progress.announce(name, (await each.generations.checkpoint()) ?? LOG_START);
    consumer.alive();
    await sleep(LOOK_AGAIN_MS, signal);
  }
};

/** Brings the read models to this program's version. Queries are answered meanwhile, as far as this program can read them. */
export const bringUpToDate = async (
  parts: ProjectionsParts,
  each: RegisteredProjection,
  consumer: Consumer,
): Promise<void> => {
  const used = await usedGeneration(each);
  if (used.kind === 'current') return;
  if (each.addMissed) await mend(parts, each, each.addMissed);
  else if (used.kind === 'newer') await readNewer(parts, each, consumer);
  else if (used.kind === 'older') await servingOlder(parts, each, consumer, used);
  else await rebuild(parts, each, consumer);
};
