import type { MadeMaintenance } from '../../domain/maintenance/decider.js';
import type { MaintenanceKind, MaintenanceResult } from '../../domain/maintenance/events.js';
import { Rejection } from '../../domain/kernel/rejections.js';
import type { Given } from './group.js';
import { statedReason } from './reason.js';
import { ToolError, type CliParts, type Tool } from './tool.js';

interface Wanted<Done> {
  readonly projection: string;
  readonly kind: MaintenanceKind;
  readonly isFresh?: boolean;
  readonly isForced?: boolean;
  /** Does it, until it is complete or the signal ends it. */
  readonly work: (signal: AbortSignal) => Promise<Done>;
  /** Answers what is recorded of it. */
  readonly resultOf: (done: Done) => MaintenanceResult;
}

const whoIsAt = ({ kind, startedAt, startedBy, operator }: MadeMaintenance): string => {
  const by = operator ? `${operator.systemUser} on ${operator.host}` : `user ${startedBy ?? 'unknown'}`;
  return `${kind} since ${startedAt}, by ${by}`;
};

/**
 * Maintains a projection, as operators do over HTTP: one at a time of each, recorded before it begins and when it has ended. Ctrl-C ends
 * it in order.
 */
export const maintained = async <Done>(
  tool: Tool,
  { interruptible }: Pick<CliParts, 'interruptible'>,
  options: Given,
  { work, resultOf, ...asked }: Wanted<Done>,
): Promise<Done> => {
  const { maintainHere, maintenanceUnderWay } = tool.useCases;
  const wish = { ...asked, reason: statedReason(options) };
  try {
    return await interruptible((unwanted) => maintainHere(wish, tool.newContext(), { work, resultOf, unwanted }));
  } catch (error) {
    if (!(error instanceof Rejection) || error.code !== 'maintenance_under_way') throw error;
    const current = await maintenanceUnderWay(asked.projection);
    const who = current ? `: ${whoIsAt(current)}` : '';
    throw new ToolError(`projection ${asked.projection} is being maintained already${who}`, { cause: error });
  }
};
