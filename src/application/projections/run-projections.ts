import type { Work } from '../consumers/consumers.js';
import { bringUpToDate, usedGeneration } from './bring-up-to-date.js';
import { dropLeftovers } from './drop-leftovers.js';
import { followLog } from './follow-log.js';
import type { ProjectionsParts } from './projections-parts.js';
import type { RegisteredProjection } from './registered-projection.js';

/** Brings the read models to this program's version, then projects. */
const run =
  (parts: ProjectionsParts, each: RegisteredProjection): Work =>
  async (consumer, signal) => {
    await bringUpToDate(parts, each, consumer);
    await followLog(parts, each, consumer, { store: each.generations.open(), signal });
  };

/** Runs every projection until the signal, once all have their read models. Answers a promise that all have ended. */
export const runProjections = async (parts: ProjectionsParts): Promise<{ readonly ended: Promise<unknown> }> => {
  const { registered, progress, consumers, signal } = parts;
  for (const each of registered) {
    await each.generations.prepare();
    await dropLeftovers(parts.events, each);
    // Said before anybody asks: older servers may announce how far they have come.
    const { name, isQueried } = each.projection;
    if (isQueried && (await usedGeneration(each)).kind === 'unreadable') progress.rebuild(name, 0);
  }
  const running = registered.map((each) =>
    consumers.run(`projection ${each.projection.name}`, signal, run(parts, each), {
      missed: each.projection.pace.missed,
    }),
  );
  return { ended: Promise.all(running) };
};
