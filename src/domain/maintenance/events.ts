import type { ToolOperator } from '../audit/tool-operator.js';
import type { Instant, MaintenanceId, Position, UserId } from '../kernel/ids.js';

/** What an operator has done with a projection; `discard` throws away what a rebuild has left unfinished. */
export const MAINTENANCE_KINDS = ['verify', 'rebuild', 'redrive', 'discard'] as const;

export type MaintenanceKind = (typeof MAINTENANCE_KINDS)[number];

/** The reason why maintenance has ended. It is `lost` where its server was gone before it could say how it ended. */
export const MAINTENANCE_ENDS = ['complete', 'cancelled', 'server_stopped', 'failed', 'lost'] as const;

export type MaintenanceEnd = (typeof MAINTENANCE_ENDS)[number];

/** The comparison of one table, without the keys of its rows: some of them are made of what users wrote. */
export interface ComparedTable {
  table: string;
  rows: number;
  expected: number;
  /** The number of conversations, users or keys whose rows differ. */
  differentGroups: number;
}

/** What has come of maintenance that is complete: numbers, positions and names of tables, nothing that users wrote. */
export type MaintenanceResult =
  | { kind: 'verify'; position: Position; parked: number; isRight: boolean; tables: ComparedTable[] }
  /** `comparedAt` is null where what was in use was of another version, or stood behind what was filled. */
  | { kind: 'rebuild'; resumedAt: Position | null; comparedAt: Position | null; tables: ComparedTable[] }
  | { kind: 'redrive'; applied: number; stillParked: number }
  | { kind: 'discard'; discarded: boolean };

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type MaintenanceEvents = {
  MaintenanceStarted: {
    maintenanceId: MaintenanceId;
    projection: string;
    kind: MaintenanceKind;
    /** It is null where the command-line tool was used. */
    startedBy: UserId | null;
    /** It is null where the command-line tool was given none. */
    reason: string | null;
    /** Who used the command-line tool; left out where an operator called. */
    operator?: ToolOperator;
    /** Whose key seals the reason and the operator: see trail.ts of the audit. */
    trail: UserId;
    /** Whether a rebuild was to begin anew, and to switch though events were parked that are in use. */
    isFresh: boolean;
    isForced: boolean;
    startedAt: Instant;
  };
  /** An operator wants it to end. It may be complete before it does. */
  MaintenanceCancelled: {
    maintenanceId: MaintenanceId;
    projection: string;
    cancelledBy: UserId;
    reason: string;
    trail: UserId;
    cancelledAt: Instant;
  };
  MaintenanceEnded: {
    maintenanceId: MaintenanceId;
    projection: string;
    end: MaintenanceEnd;
    /** Null where it is not complete. */
    result: MaintenanceResult | null;
    /** Why it is not; null where nothing can be said beside how it ended. */
    problem: string | null;
    endedAt: Instant;
  };
};
