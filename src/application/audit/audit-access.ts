import { auditRequest, isOverdue, type MadeAuditRequest } from '../../domain/audit/decider.js';
import type { AuditFilter } from '../../domain/audit/events.js';
import type { AuditRequestId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { RequireRole } from '../roles/require-role.js';
import { recordingContext, type AuditCall, type AuditContext } from './audit-call.js';

export interface AuditAccessParts {
  readonly store: EventStore;
  readonly transact: Transact;
  readonly identifiers: Pick<Identifiers, 'newCommandId'>;
  readonly requireRole: RequireRole;
  /** Whether a second auditor has to approve what shows content. */
  readonly fourEyes: boolean;
}

const isSame = (one: AuditFilter, other: AuditFilter): boolean => {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
};

/** What a call needs beside the role. */
const needOf = ({ showsContent, needs }: AuditCall): AuditCall['needs'] => (showsContent ? 'approval' : needs);

const fits = (request: MadeAuditRequest, { name, filter }: AuditCall, auditorId: UserId): boolean =>
  request.status === 'approved' &&
  request.auditorId === auditorId &&
  request.call === name &&
  isSame(request.filter, filter);

/** Answers the conditions under which a call may be made. Rejects `forbidden` and what else is missing. */
export type AuditAccess = (call: AuditCall, context: AuditContext) => Promise<readonly StreamCondition[]>;

/**
 * Requires the role, as the log has it now, a reason, and with four eyes the approval of another auditor for this very call.
 * The command-line tool has no actor: whoever runs the server has the log and its keys anyway, and gives a reason all the same.
 */
export const auditAccess = ({ store, transact, identifiers, requireRole, fourEyes }: AuditAccessParts): AuditAccess => {
  const requireApproval = async (
    call: AuditCall,
    requestId: AuditRequestId,
    context: AuditContext & { readonly actor: UserId },
  ) => {
    const { state } = await load(store, auditRequest, requestId);
    if (state.status === 'absent') return reject('audit_approval_required');
    if (isOverdue(state, context.now)) {
      const command = { type: 'ExpireAuditRequest', data: { requestId, at: context.now } } as const;
      await transact(recordingContext(context, identifiers), async () => ({
        decisions: [decision(auditRequest, requestId, command)],
        answer: () => ({}),
      }));
      return reject('audit_request_expired');
    }
    if (state.status === 'expired') return reject('audit_request_expired');
    return fits(state, call, context.actor) ? undefined : reject('audit_approval_required');
  };
  return async (call, context) => {
    const { actor } = context;
    const conditions = actor === null ? [] : [await requireRole(actor, 'auditor')];
    const needed = needOf(call);
    if (needed === undefined) return conditions;
    if (call.reason === null) reject('audit_reason_required');
    if (needed === 'reason' || !fourEyes || actor === null) return conditions;
    await requireApproval(call, call.requestId ?? reject('audit_approval_required'), { ...context, actor });
    return conditions;
  };
};
