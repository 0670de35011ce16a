import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { auditRequest, madeAuditRequest } from '../../schemas/audit-answers.js';
import { auditedCall, auditFilter, auditHeaders } from '../../schemas/auditing.js';
import { auditRequestId } from '../../schemas/fields.js';
import { auditRoute } from '../audit-route.js';
import { route, type Route } from '../route.js';

const tag = 'Audit';

const params = z.strictObject({ requestId: auditRequestId });

export const auditRoutes = (useCases: UseCases): Route[] => {
  const audited = auditRoute({ auditGate: () => useCases.auditGate });
  return [
    route('post', '/audit/v1/requests', {
      tag,
      summary: 'Ask another auditor to approve a call; for auditors',
      headers: auditHeaders,
      body: z.strictObject({ call: auditedCall, filter: auditFilter }),
      answers: { 201: madeAuditRequest },
      refusals: ['forbidden', 'audit_reason_required'],
      isIdempotent: true,
      handle: async ({ body, headers, context }) => {
        const asked = { ...body, reason: headers['x-audit-reason'] ?? null };
        const made = await useCases.requestAudit(asked, context);
        return { status: 201, body: made, position: made.position };
      },
    }),
    audited('get', '/audit/v1/requests/:requestId', {
      tag,
      summary: 'A request for the approval of a call, and what became of it; for auditors',
      showsContent: false,
      params,
      answers: { 200: auditRequest },
      refusals: ['audit_request_not_found'],
      answer: async ({ params: { requestId }, context }) => ({
        answer: { body: await useCases.getAuditRequest(requestId, context.now) },
        results: 1,
      }),
    }),
    route('post', '/audit/v1/requests/:requestId/approve', {
      tag,
      summary: 'Approve the request of another auditor, who can make the call for an hour then; for auditors',
      params,
      answers: { 204: null },
      refusals: [
        'forbidden',
        'own_audit_request',
        'audit_request_not_found',
        'audit_request_decided',
        'audit_request_expired',
      ],
      handle: ({ params: { requestId }, context }) => useCases.approveAuditRequest(requestId, context),
    }),
    route('post', '/audit/v1/requests/:requestId/refuse', {
      tag,
      summary: 'Refuse the request of another auditor, or take your own back; for auditors',
      params,
      answers: { 204: null },
      refusals: ['forbidden', 'audit_request_not_found', 'audit_request_decided', 'audit_request_expired'],
      handle: ({ params: { requestId }, context }) => useCases.refuseAuditRequest(requestId, context),
    }),
  ];
};
