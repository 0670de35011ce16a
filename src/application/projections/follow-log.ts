import type { Consumer } from '../consumers/consumer.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { ProjectionStore } from '../ports/projection-store.js';
import { handledTypes } from './projector.js';
import type { RegisteredProjection } from './registered-projection.js';
import type { ProjectionsParts } from './projections-parts.js';
import { runProjection } from './runner.js';
import { tracedStore } from './traced-store.js';

/** Has the generation in use follow the log until the signal, in this store, and announces how far it has come. */
export const followLog = async (
  parts: ProjectionsParts,
  { projection, generations }: RegisteredProjection,
  consumer: Consumer,
  { store, signal }: { readonly store: ProjectionStore; readonly signal: AbortSignal },
): Promise<void> => {
  const { events, progress, observer } = parts;
  const { name } = projection;
  const stopWatching = progress.onAdvance(name, (position) => consumer.moved(position));
  const watching = observer.follows(name);
  const announce = progress.announcerOf(name);
  let busy = 0;
  try {
    // Another node may run it: its read models are there all the same.
    progress.readable(name);
    progress.announce(name, (await generations.checkpoint()) ?? LOG_START);
    await runProjection({
      events,
      store: tracedStore(store, name, parts.tracing),
      types: handledTypes(projection),
      observer: {
        ...watching,
        alive: () => consumer.alive(),
        advanced: async (position, count) => {
          await watching.advanced(position, count);
          announce(position);
        },
      },
      signal,
      sleep: (milliseconds) => parts.sleep(milliseconds, signal),
      pacing: {
        portion: projection.pace.portion,
        now: parts.now,
        rest: async (applied) => {
          const pauseMs = projection.pace.pauseMs(applied, busy);
          if (pauseMs === 0) return;
          const load = parts.watchLoad();
          await progress.rest(name, pauseMs, signal);
          busy = load();
        },
      },
    });
  } finally {
    stopWatching();
  }
};
