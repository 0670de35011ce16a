import type { AuditCall } from '../../application/audit/audit-call.js';
import type { AuditFilter } from '../../domain/audit/events.js';
import { reasonOf, statedReason } from './reason.js';
import type { Given } from './group.js';
import type { Tool, ToolContext } from './tool.js';

/** The option of commands that show content: they take a reason, as auditors do. */
export const REASON_TO_LOOK = [
  '--reason <text>',
  'why you look; it is kept in the log, and told to those whom it concerns',
] as const;

/** The option of commands that change something, or show no content. */
export const REASON_TO_ACT = [
  '--reason <text>',
  'why; it is kept in the log, and told to those whom it concerns',
] as const;

/** What is recorded of a command: its name, and what it was narrowed by. */
interface Recorded {
  readonly command: string;
  readonly filter: AuditFilter;
}

/** Answers what was given as text, as it is recorded. */
export const filterOf = (given: object): AuditFilter =>
  Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

const callOf = ({ command, filter }: Recorded, stated: Pick<AuditCall, 'showsContent' | 'reason'>): AuditCall => ({
  name: `chatapp ${command}`,
  filter,
  ...stated,
  requestId: null,
});

/** Answers the call of a command that shows what users wrote, are called, or did. */
export const lookOf = (recorded: Recorded, { reason }: Given): AuditCall =>
  callOf(recorded, { showsContent: true, reason: reasonOf(reason) });

/** Answers the call of a command that changes something, or shows no content: it can do without a reason. */
export const actOf = (recorded: Recorded, options: Given): AuditCall =>
  callOf(recorded, { showsContent: false, reason: statedReason(options) });

/** Changes something, once it is recorded that somebody is about to. */
export const carryOut = <Result>(
  tool: Tool,
  recorded: Recorded,
  options: Given,
  work: (context: ToolContext) => Promise<Result>,
): Promise<Result> => {
  const context = tool.newContext();
  return tool.useCases.carryOutCommand(actOf(recorded, options), context, () => work(context));
};
