import type { ToolOperator } from '../audit/tool-operator.js';
import { AUDIT_TRAIL } from '../audit/trail.js';
import type { Decider } from '../kernel/decider.js';
import type { FactOf } from '../kernel/fact.js';
import type { Instant, MaintenanceId, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { MaintenanceEnd, MaintenanceEvents, MaintenanceKind, MaintenanceResult } from './events.js';

/** The number of past maintenances of a projection that are shown. The log has all of them. */
export const SHOWN_MAINTENANCES = 10;

export type MaintenanceCommands = {
  /** Whoever gives it has the turn of the projection: no other node maintains it. */
  StartMaintenance: {
    maintenanceId: MaintenanceId;
    projection: string;
    kind: MaintenanceKind;
    startedBy: UserId | null;
    reason: string | null;
    operator?: ToolOperator | undefined;
    isFresh: boolean;
    isForced: boolean;
    at: Instant;
  };
  CancelMaintenance: {
    maintenanceId: MaintenanceId;
    projection: string;
    cancelledBy: UserId;
    reason: string;
    at: Instant;
  };
  EndMaintenance: {
    maintenanceId: MaintenanceId;
    projection: string;
    end: MaintenanceEnd;
    result: MaintenanceResult | null;
    problem: string | null;
    at: Instant;
  };
};

/** Maintenance of a projection, under way or past. */
export interface MadeMaintenance {
  readonly maintenanceId: MaintenanceId;
  readonly kind: MaintenanceKind;
  /** It is null where the command-line tool was used. */
  readonly startedBy: UserId | null;
  readonly reason: string | null;
  /** Who used the command-line tool; null where an operator called. */
  readonly operator: ToolOperator | null;
  readonly isFresh: boolean;
  readonly isForced: boolean;
  readonly startedAt: Instant;
  readonly cancelledBy: UserId | null;
  /** Null while it is under way. */
  readonly end: MaintenanceEnd | null;
  readonly result: MaintenanceResult | null;
  readonly problem: string | null;
  readonly endedAt: Instant | null;
}

/** What was done with a projection. */
export interface MaintenanceState {
  /** The newest first. */
  readonly made: readonly MadeMaintenance[];
}

/** Answers the maintenance that is under way, as far as the log says. */
export const underWay = ({ made: [newest] }: MaintenanceState): MadeMaintenance | undefined =>
  newest?.end === null ? newest : undefined;

const changed = (
  { made }: MaintenanceState,
  maintenanceId: MaintenanceId,
  change: Partial<MadeMaintenance>,
): { made: MadeMaintenance[] } => ({
  made: made.map((each) => (each.maintenanceId === maintenanceId ? { ...each, ...change } : each)),
});

/** Answers that the one before was lost: its server is gone, or somebody else would not have the turn. */
const lost = (state: MaintenanceState, projection: string, at: Instant): FactOf<MaintenanceEvents>[] => {
  const { maintenanceId } = underWay(state) ?? {};
  if (maintenanceId === undefined) return [];
  const data = { maintenanceId, projection, end: 'lost', result: null, problem: null, endedAt: at } as const;
  return [{ type: 'MaintenanceEnded', data }];
};

/** What operators do with one projection, one after another. */
export const maintenance: Decider<MaintenanceCommands, MaintenanceEvents, MaintenanceState> = {
  category: 'maintenance',
  initial: { made: [] },
  decide: {
    StartMaintenance: ({ at, operator, ...started }, state) =>
      state.made.some(({ maintenanceId }) => maintenanceId === started.maintenanceId)
        ? []
        : [
            ...lost(state, started.projection, at),
            {
              type: 'MaintenanceStarted',
              data: { ...started, ...(operator && { operator }), trail: AUDIT_TRAIL, startedAt: at },
            },
          ],
    CancelMaintenance: ({ at, ...cancelled }, state) => {
      const current = underWay(state);
      if (current?.maintenanceId !== cancelled.maintenanceId) return reject('maintenance_not_found');
      if (current.cancelledBy !== null) return [];
      return [{ type: 'MaintenanceCancelled', data: { ...cancelled, trail: AUDIT_TRAIL, cancelledAt: at } }];
    },
    EndMaintenance: ({ at, ...ended }, state) =>
      underWay(state)?.maintenanceId === ended.maintenanceId
        ? [{ type: 'MaintenanceEnded', data: { ...ended, endedAt: at } }]
        : [],
  },
  evolve: {
    MaintenanceStarted: (
      { made },
      { maintenanceId, kind, startedBy, reason, operator = null, isFresh, isForced, startedAt },
    ): { made: MadeMaintenance[] } => {
      const asked = { maintenanceId, kind, startedBy, reason, operator, isFresh, isForced, startedAt };
      const begun = { ...asked, cancelledBy: null, end: null, result: null, problem: null, endedAt: null };
      return { made: [begun, ...made].slice(0, SHOWN_MAINTENANCES) };
    },
    MaintenanceCancelled: (state, { maintenanceId, cancelledBy }) => changed(state, maintenanceId, { cancelledBy }),
    MaintenanceEnded: (state, { maintenanceId, end, result, problem, endedAt }) =>
      changed(state, maintenanceId, { end, result, problem, endedAt }),
  },
};
