import { auditCall, type AuditCallCommands } from '../../domain/audit/decider.js';
import type { ToolCommandEnd } from '../../domain/audit/events.js';
import type { CommandOf } from '../../domain/kernel/fact.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { Clock } from '../ports/clock.js';
import type { Identifiers } from '../ports/identifiers.js';
import {
  factsOf,
  namedIn,
  recordingContext,
  type AuditCall,
  type AuditContext,
  type ToolCallContext,
} from './audit-call.js';
import type { AuditedStreamParts } from './audited-stream.js';
import type { RequireImpersonal } from './impersonal.js';

export interface ToolCommandParts extends Pick<AuditedStreamParts, 'onUnrecorded'> {
  readonly transact: Transact;
  readonly identifiers: Pick<Identifiers, 'newCommandId'>;
  readonly clock: Clock;
  readonly requireImpersonal: RequireImpersonal;
}

/**
 * Carries out what the command-line tool is told to change. It is recorded before it begins, and not done where that cannot be; its end is
 * recorded too. What it answers or fails with is passed on.
 */
export type CarryOutCommand = <Answer>(
  call: AuditCall,
  context: ToolCallContext,
  work: () => Promise<Answer>,
) => Promise<Answer>;

export const carryOutCommand =
  ({ transact, identifiers, clock, requireImpersonal, onUnrecorded }: ToolCommandParts): CarryOutCommand =>
  async (call, context, work) => {
    await requireImpersonal(call);
    const started = recordingContext(context, identifiers);
    const facts = factsOf(call, started);
    const { callId } = facts;
    const record = (command: CommandOf<AuditCallCommands>, under: AuditContext) =>
      transact(under, async () => ({ decisions: [decision(auditCall, callId, command)], answer: () => ({}) }));

    const data = { ...facts, operator: context.operator, userIds: namedIn(call.filter), at: started.now };
    await record({ type: 'StartToolCommand', data }, started);
    const end = async (how: ToolCommandEnd): Promise<void> => {
      const at = clock();
      try {
        const ended = { ...recordingContext(started, identifiers), now: at };
        await record({ type: 'EndToolCommand', data: { callId, end: how, at } }, ended);
      } catch (error) {
        onUnrecorded?.(callId, how, error); // it is done, whatever becomes of its record
      }
    };
    try {
      const answer = await work();
      await end('complete');
      return answer;
    } catch (error) {
      await end('failed');
      throw error;
    }
  };
