import type { ProjectionGenerations } from '../ports/projection-generations.js';
import type { MissedMailParts } from '../reactors/queue-missed-mails.js';
import type { Projection } from './projector.js';

/** Enters what a projection has passed over; answers how much. */
export type AddMissed = (parts: Pick<MissedMailParts, 'signal' | 'onFailed'>) => Promise<number>;

/** A projection with the read models that it fills. */
export interface RegisteredProjection {
  readonly projection: Projection<never>;
  readonly generations: ProjectionGenerations;
  /** For a projection that is not rebuilt: it is brought to what the log says by adding what is missing. */
  readonly addMissed?: AddMissed;
}
