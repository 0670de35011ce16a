import type { Consumers } from '../consumers/consumers.js';
import type { EventStore } from '../ports/event-store.js';
import type { Tracing } from '../ports/tracing.js';
import type { MissedMail } from '../ports/missed-mails.js';
import type { AnnouncedProgress } from './announced-progress.js';
import type { Projection } from './projector.js';
import type { RegisteredProjection } from './registered-projection.js';
import type { ProjectionObserver } from './runner.js';

/** Observes all projections of this node, for metrics and logs. */
export interface ProjectionsObserver {
  /** Answers the observer of a projection that follows the log. */
  follows(name: string): ProjectionObserver;
  /** Called when the read models of a projection are of another version and are rebuilt. Answers the observer of that. */
  rebuilds(projection: Projection<never>): ProjectionObserver;
  /** Called when they are of a newer version: this program reads them, and leaves them as they are. */
  isOlder(projection: Projection<never>): void;
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
