import type { ProjectionGenerations } from '../ports/projection-generations.js';
import type { MissedMailParts } from '../reactors/queue-missed-mails.js';
import type { Projection } from './projector.js';

/** Adds what a projection has passed over; answers how many events. */
export type AddMissed = (parts: Pick<MissedMailParts, 'signal' | 'onFailed'>) => Promise<number>;

/** A projection with the read models that it fills. */
export interface RegisteredProjection {
  readonly projection: Projection<never>;
  readonly generations: ProjectionGenerations;
  /** Given for a projection that is not rebuilt: what the log says and it lacks is added. */
  readonly addMissed?: AddMissed;
}
