import type { Logger } from 'pino';
import type { ProjectionsObserver } from '../../application/projections/projections-parts.js';
import type { ProjectionObserver } from '../../application/projections/runner.js';
import type { Metrics } from './metrics.js';

const REBUILD_LOGGED_EVERY = 20_000;

const observeFollowing = (name: string, metrics: Metrics, log: Logger): ProjectionObserver => ({
  advanced: (position, events) => {
    metrics.projectionPosition.set({ projection: name }, Number(position));
    if (events > 0) metrics.projectedEvents.inc({ projection: name }, events);
  },
  parked: ({ position, type, streamId }, reason) => {
    metrics.parkedEvents.inc({ projection: name });
    log.error({ projection: name, position, type, streamId, reason }, 'event parked');
  },
  stopped: (reason) => {
    const repair = `chatapp projections verify ${name}`;
    log.fatal({ projection: name, reason, repair }, 'projection stopped: going on would write wrong rows');
  },
  retrying: (error) => log.warn({ err: error, projection: name }, 'projection failed, trying again'),
});

/** Logs the progress of a rebuild, while nobody waits for it yet. */
const observeRebuild = (name: string, log: Logger): ProjectionObserver => {
  let events = 0;
  let logged = 0;
  return {
    advanced: (position, count) => {
      events += count;
      if (events - logged < REBUILD_LOGGED_EVERY) return;
      logged = events;
      log.info({ projection: name, position, events }, 'rebuilding');
    },
    parked: ({ position, type }, reason) => log.error({ projection: name, position, type, reason }, 'event parked'),
    retrying: (error) => log.warn({ err: error, projection: name }, 'rebuild failed, trying again'),
  };
};

/** Counts and logs what projections do. */
export const observeProjections = (metrics: Metrics, log: Logger): ProjectionsObserver => ({
  follows: (name) => observeFollowing(name, metrics, log),
  rebuilds: ({ name, version }) => {
    log.info({ projection: name, version }, 'read models are of another version, rebuilding');
    return observeRebuild(name, log);
  },
  isOlder: ({ name, version }) =>
    log.warn(
      { projection: name, version, repair: `chatapp projections rebuild ${name}` },
      'read models are of a newer version: they are read, and left to the servers of that',
    ),
  repairs: ({ name, version }) =>
    log.info({ projection: name, version }, 'read models are of another version, mending them'),
  missed: (projection, { position, streamId }, error) =>
    log.error({ err: error, projection, position, streamId }, 'what was passed over could not be added'),
  repaired: (projection, added) => log.info({ projection, added }, 'what was passed over is added'),
});
