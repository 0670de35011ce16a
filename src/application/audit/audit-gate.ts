import { auditCall } from '../../domain/audit/decider.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { Rejection, type RejectionCode } from '../../domain/kernel/rejections.js';
import { decision } from '../kernel/decision.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { AuditAccess } from './audit-access.js';
import { factsOf, namedIn, recordingContext, type AuditCall, type AuditContext } from './audit-call.js';
import { AuditedStream, type AuditedStreamParts, type MakeParts } from './audited-stream.js';
import type { RequireImpersonal } from './impersonal.js';
import type { RecordRefusal } from './record-refusal.js';

/** The answer to a call, and what is recorded of it. */
export interface AuditedAnswer<Answer> {
  readonly answer: Answer;
  /** The number of results: events, messages, proofs, whatever the call lists. */
  readonly results: number;
  /** The users of whom the answer shows something, beside those that the filter names. */
  readonly userIds?: Iterable<UserId>;
}

/** Every call of an auditor comes through here: nothing is shown that is not recorded. */
export interface AuditGate {
  /**
   * Answers what `answer` gives, once the record of the call is durable; where it cannot be written, nothing is answered. Rejects
   * `forbidden` and what else is missing, and passes on the rejections of `answer`, which are recorded too.
   */
  answered<Answer>(
    call: AuditCall,
    context: AuditContext,
    answer: () => Promise<AuditedAnswer<Answer>>,
  ): Promise<Answer>;
  /**
   * Carries out what an auditor commands. That is an event of its own, so only its refusals are recorded here; they are passed
   * on.
   */
  commanded<Answer>(call: AuditCall, context: AuditContext, command: () => Promise<Answer>): Promise<Answer>;
  /**
   * Answers piece by piece, until the answer is whole or the signal ends it. The call is recorded before the first piece, whom it shows
   * before the piece that shows them, and how it has ended at the end, also where the reader breaks off. The role is required for each
   * piece. What `makeParts` rejects is recorded and passed on.
   */
  streamed(call: AuditCall, context: AuditContext, makeParts: MakeParts): Promise<AsyncIterableIterator<Uint8Array>>;
}

export interface AuditGateParts extends Omit<AuditedStreamParts, 'require'> {
  readonly access: AuditAccess;
  readonly recordRefusal: RecordRefusal;
  readonly requireImpersonal: RequireImpersonal;
}

/** The refusals that come before there is a call: nothing was looked for, and what may name somebody is not kept. */
const BEFORE_THE_CALL: ReadonlySet<RejectionCode> = new Set([
  'forbidden',
  'audit_reason_required',
  'audit_reason_personal',
  'audit_call_unknown',
]);

/** How a call has ended. */
interface Outcome {
  readonly results: number;
  readonly userIds: Iterable<UserId>;
  readonly refusal: RejectionCode | null;
  /** The conditions under which it could be made. */
  readonly granted: readonly StreamCondition[];
}

/** Records calls, and what is refused of them. */
const callRecorder = ({ access, recordRefusal, transact, identifiers }: AuditGateParts) => {
  const record = async (
    call: AuditCall,
    context: AuditContext,
    { results, userIds, refusal, granted }: Outcome,
  ): Promise<void> => {
    const recording = recordingContext(context, identifiers);
    const facts = factsOf(call, recording);
    const concerned = [...new Set([...namedIn(call.filter), ...userIds])];
    const data = { ...facts, results, refusal, userIds: concerned, at: context.now };
    await transact(recording, async (attempt) => ({
      decisions: [decision(auditCall, facts.callId, { type: 'RecordAnswer', data }, { expectNew: true })],
      // An auditor who has lost the role while the answer was made does not get it: then what it was granted by has changed.
      require: refusal !== null || attempt === 0 ? granted : await access(call, context),
      answer: () => ({}),
    }));
  };

  /** Records a refusal, then passes it on. */
  const refused = async (call: AuditCall, context: AuditContext, error: unknown): Promise<never> => {
    if (!(error instanceof Rejection)) throw error;
    const { actor } = context;
    if (error.code === 'forbidden' && actor !== null)
      await recordRefusal(call, { ...recordingContext(context, identifiers), actor });
    if (!BEFORE_THE_CALL.has(error.code))
      await record(call, context, { results: 0, userIds: [], refusal: error.code, granted: [] });
    throw error;
  };

  return { record, refused };
};

export const auditGate = (gateParts: AuditGateParts): AuditGate => {
  const { access, requireImpersonal, recordRefusal: _, ...parts } = gateParts;
  const { identifiers } = parts;
  const { record, refused } = callRecorder(gateParts);
  return {
    answered: async (call, context, answer) => {
      try {
        const granted = await access(call, context);
        await requireImpersonal(call);
        const { answer: found, results, userIds = [] } = await answer();
        await record(call, context, { results, userIds, refusal: null, granted });
        return found;
      } catch (error) {
        return refused(call, context, error);
      }
    },
    commanded: async (call, context, command) => {
      try {
        await requireImpersonal(call);
        return await command();
      } catch (error) {
        return refused(call, context, error);
      }
    },
    streamed: async (call, context, makeParts) => {
      try {
        // As of now, not of its beginning: an approval is over after an hour.
        const require = () => access(call, { ...context, now: parts.clock() });
        await require();
        await requireImpersonal(call);
        const stream = new AuditedStream({ ...parts, require }, call, recordingContext(context, identifiers));
        await stream.start(makeParts);
        return stream;
      } catch (error) {
        return refused(call, context, error);
      }
    },
  };
};
