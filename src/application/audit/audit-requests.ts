import {
  auditRequest,
  isOverdue,
  type AuditRequestCommands,
  type MadeAuditRequest,
} from '../../domain/audit/decider.js';
import type { AuditFilter } from '../../domain/audit/events.js';
import type { CommandOf } from '../../domain/kernel/fact.js';
import type { AuditRequestId, Instant } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import { secondsAfter } from '../kernel/seconds-after.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { RequireImpersonal } from './impersonal.js';
import type { RequireRole } from '../roles/require-role.js';

/** The time within which a request is decided. */
export const DECIDED_WITHIN_SECONDS = 86_400;
/** The time for which an approved call can be made, page after page. */
const USABLE_SECONDS = 3_600;

/** A call that needs the approval of another auditor. */
export interface AuditRequestInput {
  readonly call: string;
  /** It is null where there is no such call, or where it takes no such parameters. */
  readonly filter: AuditFilter | null;
  readonly reason: string | null;
}

export interface AuditRequestParts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly identifiers: Pick<Identifiers, 'newAuditRequestId'>;
  readonly requireRole: RequireRole;
  readonly requireImpersonal: RequireImpersonal;
}

/** A request as it is shown. */
export type AuditRequestView = MadeAuditRequest & { readonly requestId: AuditRequestId };

/** The requests by which two auditors agree on a call. Each is an event, with who has decided it. */
export const auditRequests = ({ transact, store, identifiers, requireRole, requireImpersonal }: AuditRequestParts) => {
  const decide = async (
    requestId: AuditRequestId,
    context: CommandContext,
    command: CommandOf<AuditRequestCommands>,
  ) => {
    const { answer, position } = await transact(context, async () => ({
      require: [await requireRole(context.actor, 'auditor')],
      decisions: [decision(auditRequest, requestId, command)],
      answer: ([{ state }]) => ({ isExpired: state.status === 'expired' }),
    }));
    return answer.isExpired ? reject('audit_request_expired') : { position };
  };
  return {
    requestAudit: async ({ call, filter, reason }: AuditRequestInput, context: CommandContext) => {
      const expiresAt = secondsAfter(context.now, DECIDED_WITHIN_SECONDS);
      const stated = reason ?? reject('audit_reason_required');
      const { answer, position } = await transact(context, async () => {
        const role = await requireRole(context.actor, 'auditor');
        const taken = filter ?? reject('audit_call_unknown');
        await requireImpersonal({ filter: taken, reason: stated });
        const requestId = identifiers.newAuditRequestId();
        const asked = { call, filter: taken, reason: stated };
        const data = { requestId, auditorId: context.actor, ...asked, expiresAt, at: context.now };
        return {
          require: [role],
          decisions: [decision(auditRequest, requestId, { type: 'RequestAudit', data }, { expectNew: true })],
          answer: () => ({ requestId, expiresAt }),
        };
      });
      return { ...answer, position };
    },
    approveAuditRequest: (requestId: AuditRequestId, context: CommandContext) =>
      decide(requestId, context, {
        type: 'ApproveAuditRequest',
        data: { requestId, by: context.actor, expiresAt: secondsAfter(context.now, USABLE_SECONDS), at: context.now },
      }),
    refuseAuditRequest: (requestId: AuditRequestId, context: CommandContext) =>
      decide(requestId, context, {
        type: 'RefuseAuditRequest',
        data: { requestId, by: context.actor, at: context.now },
      }),
    /** Finds a request, as it is at that time. It shows no content: whoever calls asks the gate. */
    getAuditRequest: async (requestId: AuditRequestId, at: Instant): Promise<AuditRequestView> => {
      const { state } = await load(store, auditRequest, requestId);
      if (state.status === 'absent') return reject('audit_request_not_found');
      return { requestId, ...state, status: isOverdue(state, at) ? 'expired' : state.status };
    },
  };
};
