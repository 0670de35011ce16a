import type { Consumer } from '../consumers/consumer.js';
import type { Consumers, Work } from '../consumers/consumers.js';
import type { EventStore } from '../ports/event-store.js';
import type { Tracing } from '../ports/tracing.js';
import type { MissedMail } from '../ports/missed-mails.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { AnnouncedProgress } from './announced-progress.js';
import { handledTypes, type Projection } from './projector.js';
import { rebuildProjection } from './rebuild.js';
import type { AddMissed, RegisteredProjection } from './registered-projection.js';
import { runProjection, type ProjectionObserver } from './runner.js';
import { tracedStore } from './traced-store.js';

/** Observes all projections of this node, for metrics and logs. */
export interface ProjectionsObserver {
  /** Answers the observer of a projection that follows the log. */
  follows(name: string): ProjectionObserver;
  /** Called when the read models of a projection are of another version and are rebuilt. Answers the observer of that. */
  rebuilds(projection: Projection<never>): ProjectionObserver;
  /** Called when they are of another version and what they have passed over is added. */
  repairs(projection: Projection<never>): void;
  /** Called with what could not be added: it stays missing. */
  missed(name: string, mail: MissedMail, error: unknown): void;
  /** Called with how much was added. */
  repaired(name: string, added: number): void;
}

export interface ProjectionsParts {
  readonly registered: readonly RegisteredProjection[];
  readonly events: EventStore;
  readonly progress: AnnouncedProgress;
  readonly consumers: Consumers;
  readonly tracing: Tracing;
  readonly observer: ProjectionsObserver;
  /** Resolves after the time, or at once when the signal is given. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Begins to watch how busy this node is. Answers what tells the share of the time since then, from 0 to 1. */
  readonly watchLoad: () => () => number;
  readonly signal: AbortSignal;
}

/** Adds what the projection has passed over while it was of an older version: it cannot be rebuilt. */
const addMissed = async ({ observer, signal }: ProjectionsParts, name: string, add: AddMissed): Promise<void> => {
  const added = await add({ signal, onFailed: (mail, error) => observer.missed(name, mail, error) });
  observer.repaired(name, added);
};

const bringUpToDate = async (
  parts: ProjectionsParts,
  each: RegisteredProjection,
  consumer: Consumer,
): Promise<void> => {
  const { events, observer, signal } = parts;
  const { projection, generations, addMissed: add } = each;
  const isNeeded = () => generations.isOutdated();
  if (add) {
    observer.repairs(projection);
    await generations.inTurn(signal, async (next) => {
      if (!(await isNeeded())) return;
      await addMissed(parts, projection.name, add);
      await next.confirmVersion();
    });
    return;
  }
  const watching = { ...observer.rebuilds(projection), alive: () => consumer.alive() };
  const sleep = (milliseconds: number) => parts.sleep(milliseconds, signal);
  await rebuildProjection({ projection, generations, events, observer: watching, signal, sleep }, isNeeded);
};

/** Brings the read models to this program's version, then projects. */
const run =
  (parts: ProjectionsParts, each: RegisteredProjection): Work =>
  async (consumer, signal) => {
    const { events, progress, observer } = parts;
    const { projection, generations } = each;
    const { name } = projection;
    if (await generations.isOutdated()) await bringUpToDate(parts, each, consumer);
    const stopWatching = progress.onAdvance(name, (position) => consumer.moved(position));
    const watching = observer.follows(name);
    const announce = progress.announcerOf(name);
    let busy = 0;
    try {
      // Another node may run it: its read models are there all the same.
      progress.announce(name, (await generations.checkpoint()) ?? LOG_START);
      await runProjection({
        events,
        store: tracedStore(generations.open(), name, parts.tracing),
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

/** Runs every projection until the signal, once all have their read models. Answers a promise that all have ended. */
export const runProjections = async (parts: ProjectionsParts): Promise<{ readonly ended: Promise<unknown> }> => {
  const { registered, consumers, signal } = parts;
  for (const { generations } of registered) {
    await generations.prepare();
    await generations.dropLeftovers('useless');
  }
  const running = registered.map((each) =>
    consumers.run(`projection ${each.projection.name}`, signal, run(parts, each), {
      missed: each.projection.pace.missed,
    }),
  );
  return { ended: Promise.all(running) };
};
