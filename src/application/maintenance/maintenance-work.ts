import type { ToolOperator } from '../../domain/audit/tool-operator.js';
import type { MaintenanceId, UserId } from '../../domain/kernel/ids.js';
import type { MaintenanceResult } from '../../domain/maintenance/events.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { MaintenanceTask } from './carry-out.js';

/** What is to be done, under the id that the log has it by. */
export interface BegunMaintenance extends MaintenanceTask {
  readonly maintenanceId: MaintenanceId;
}

/** Who wants it, and why. */
export interface AskedMaintenance {
  /** It is null where the command-line tool is used. */
  readonly startedBy: UserId | null;
  readonly reason: string | null;
  readonly operator?: ToolOperator | undefined;
}

export interface Wish extends AskedMaintenance {
  readonly context: CommandContext<UserId | null>;
  readonly require: () => Promise<readonly StreamCondition[]>;
}

/** Work that is done here and now, with more to tell than what is recorded of it. */
export interface WorkHere<Done> {
  /** Does it, until it is complete or the signal ends it. */
  readonly work: (signal: AbortSignal) => Promise<Done>;
  /** Answers what is recorded of it. */
  readonly resultOf: (done: Done) => MaintenanceResult;
  /** It is given where nobody wants it any more. */
  readonly unwanted: AbortSignal;
}

/** How it is done, and what is told of it. */
export interface WorkToDo {
  readonly work: (signal: AbortSignal) => Promise<MaintenanceResult>;
  /** Ends it, as when the server stops. */
  readonly unwanted?: AbortSignal;
  readonly onFailed: (task: BegunMaintenance, error: unknown) => void;
}

/** What has begun, and for whom. */
export type WorkUnderWay = WorkToDo & Pick<Wish, 'context'>;
