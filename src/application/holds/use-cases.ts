import { asAuditor, changeHolds } from './change-holds.js';
import { listHolds } from './list-holds.js';
import { placeHold, type HoldParts } from './place-hold.js';
import type { StandingHolds } from './standing-holds.js';

export interface HoldPorts extends HoldParts {
  readonly holds: StandingHolds;
}

/** Legal holds. */
export const holdUseCases = ({ holds, ...parts }: HoldPorts) => ({
  placeHold: placeHold(parts),
  liftHold: changeHolds(parts.transact, 'LiftHold', asAuditor(parts.requireRole)),
  listHolds: listHolds(holds),
});

export type HoldUseCases = ReturnType<typeof holdUseCases>;
