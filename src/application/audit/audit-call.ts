import type { CallFacts } from '../../domain/audit/decider.js';
import type { AuditFilter } from '../../domain/audit/events.js';
import type { ToolOperator } from '../../domain/audit/tool-operator.js';
import type { AuditCallId, AuditRequestId, UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Identifiers } from '../ports/identifiers.js';

export type AuditNeed = 'reason' | 'approval';

/** A call that an auditor makes. */
export interface AuditCall {
  /** The method and the path as it is declared, or the command of the tool. */
  readonly name: string;
  /** What it was narrowed by, without what only pages through the same. */
  readonly filter: AuditFilter;
  /** Whether the answer shows what users wrote, are called, or did; a count and a hash are no content. */
  readonly showsContent: boolean;
  /** What it needs where it shows no content: a reason, or, with four eyes, the approval of another auditor too. */
  readonly needs?: AuditNeed | undefined;
  /** Why the auditor looks; null where nothing is said. */
  readonly reason: string | null;
  /** The request that another auditor has approved; null where none is named. */
  readonly requestId: AuditRequestId | null;
  /** Whether its answer has no end of its own: then it is whole whenever it ends. */
  readonly isEndless?: boolean;
}

/** The context of a call. The command-line tool has no actor, and says who uses it. */
export type AuditContext = CommandContext<UserId | null> & { readonly operator?: ToolOperator };

/** The context of a call of the command-line tool. */
export type ToolCallContext = AuditContext & { readonly operator: ToolOperator };

/** Answers the context under which something is recorded of a call: what the call itself commands has other events. */
export const recordingContext = (
  context: AuditContext,
  { newCommandId }: Pick<Identifiers, 'newCommandId'>,
): AuditContext => ({ ...context, commandId: newCommandId(), causationId: context.commandId, claim: null });

/** Answers the id under which a call is recorded. */
const callIdOf = ({ commandId }: AuditContext): AuditCallId => commandId as string as AuditCallId;

/** The parameters of a filter that name a user. */
const NAMING_USERS = ['userId', 'actorId', 'viewer'];

/** Answers the users that a filter names: they are concerned, also where nothing was found. */
export const namedIn = (filter: AuditFilter): UserId[] =>
  NAMING_USERS.flatMap((name) => (filter[name] === undefined ? [] : [filter[name] as UserId]));

/** Answers what is recorded of a call. */
export const factsOf = (call: AuditCall, context: AuditContext): CallFacts => ({
  callId: callIdOf(context),
  auditorId: context.actor,
  call: call.name,
  filter: call.filter,
  reason: call.reason,
  requestId: call.requestId,
  ...(context.operator && { operator: context.operator }),
});
