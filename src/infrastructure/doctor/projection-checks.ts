import type { EventStore } from '../../application/ports/event-store.js';
import type { ProjectionOperations, ProjectionStatus } from '../../application/ports/projection-operations.js';
import type { ProjectionStatuses } from '../../application/ports/projection-statuses.js';
import { listWithLag } from '../../application/projections/list-with-lag.js';
import { failure, ok, warning, type Check } from './outcome.js';

const MAX_LAG = 10_000;

type Examined = Omit<ProjectionStatus, 'behind'> & Partial<Pick<ProjectionStatus, 'behind'>>;

/** Checks that no projection has stopped, parked an event, or fallen behind. */
export const checkProjections =
  (statuses: ProjectionStatuses, events: EventStore | undefined): Check =>
  async () => {
    // Their lag is not known where the log cannot be opened.
    const all: readonly Examined[] = await (events ? listWithLag(statuses, events) : statuses.list());
    const late = all.filter(({ behind = 0 }) => behind > MAX_LAG);
    const parked = all.filter((each) => each.parked > 0);
    const detail = all.map(({ name, behind = 'an unknown number' }) => `${name} ${behind} behind`).join(', ');
    const stopped = all.filter((each) => each.stopped !== null);
    if (stopped.length > 0)
      return failure(
        stopped.map(({ name, stopped: reason }) => `${name} has stopped: ${reason}`).join(', '),
        'see chatapp projections verify, then rebuild or resume it',
      );
    if (parked.length > 0)
      return warning(
        `${parked.map(({ name }) => name).join(', ')} have parked events`,
        'see chatapp projections parked',
      );
    if (late.length > 0) return warning(detail, 'is a server running? see its log');
    return ok(detail);
  };

/** Compares the read models with the newest events alone: that is quick, however long the log is. */
export const checkReadModels =
  ({ compareRecent }: Pick<ProjectionOperations, 'compareRecent'>): Check =>
  async () => {
    const compared = await compareRecent();
    const different = compared.filter(({ repair }) => repair !== null);
    if (different.length === 0)
      return ok(compared.map(({ name, events: count }) => `${name} as its newest ${count} events have it`).join(', '));
    return failure(
      different
        .map(
          ({ name, first, differences }) =>
            `${name}: ${first} (${differences} ${differences === 1 ? 'difference' : 'differences'})`,
        )
        .join(', '),
      `compare all with chatapp projections verify, then repair with ${different.map(({ repair }) => repair).join(', ')}`,
    );
  };
