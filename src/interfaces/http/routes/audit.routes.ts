import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import {
  auditRequest,
  counts,
  events,
  madeAuditRequest,
  openAuditRequests,
  versions,
} from '../../schemas/audit-answers.js';
import { auditedCall, auditFilter, auditHeaders, bucket, eventType, flag, streamId } from '../../schemas/auditing.js';
import {
  auditRequestId,
  conversationId,
  countsCursor,
  eventsCursor,
  messageId,
  moment,
  pageSize,
  position,
  userId,
  versionsCursor,
} from '../../schemas/fields.js';
import { askedFilter } from '../asked-filter.js';
import { auditCommandRoute, auditRoute } from '../audit-route.js';
import type { Route } from '../route.js';

const tag = 'Audit';

const params = z.strictObject({ requestId: auditRequestId });

const MAX_PAGE = 500;
const PAGE = 100;
const MAX_REQUESTS = 100;
const REQUESTS = 50;
const NDJSON = 'application/x-ndjson';

const eventsQuery = z.strictObject({
  after: position.optional(),
  before: position.optional(),
  type: eventType.optional(),
  actorId: userId.optional(),
  userId: userId.optional(),
  streamId: streamId.optional(),
  conversationId: conversationId.optional(),
  from: moment.optional(),
  to: moment.optional(),
  follow: flag.optional(),
  cursor: eventsCursor.optional(),
  limit: pageSize(MAX_PAGE, PAGE),
});

/** The calls of auditors, and the requests for the approval of any of `all` routes. */
export const auditRoutes = (useCases: UseCases, all: () => readonly Route[]): Route[] => {
  const gate = { auditGate: () => useCases.auditGate };
  const audited = auditRoute(gate);
  const commanded = auditCommandRoute(gate);
  return [
    audited('get', '/audit/v1/events', {
      tag,
      summary:
        'Events of the log, page by page, or all of them as lines of JSON (`Accept: application/x-ndjson`), with `follow=true` also what comes; for auditors',
      showsContent: true,
      query: eventsQuery,
      answers: { 200: events },
      streams: NDJSON,
      refusals: ['audit_range_backwards'],
      answer: async ({ query: { limit, follow: _, ...query } }) => {
        const { page, userIds } = await useCases.listAuditEvents(query, limit);
        return { answer: { body: page }, results: page.events.length, userIds };
      },
      stream: ({ query: { limit: _, cursor: __, follow, ...query }, accept }) =>
        accept.includes(NDJSON)
          ? {
              contentType: NDJSON,
              isEndless: follow === 'true',
              parts: useCases.streamAuditEvents(query, follow === 'true'),
            }
          : undefined,
    }),
    audited('get', '/audit/v1/stats', {
      tag,
      summary: 'How many events of which type there were in each minute, hour or day, in UTC; for auditors',
      showsContent: false,
      query: z.strictObject({
        bucket: bucket.default('hour'),
        type: eventType.optional(),
        from: moment.optional(),
        to: moment.optional(),
        cursor: countsCursor.optional(),
      }),
      answers: { 200: counts },
      refusals: ['audit_range_backwards'],
      answer: async ({ query }) => {
        const body = await useCases.countEvents(query);
        return { answer: { body }, results: body.counts.length };
      },
    }),
    audited('get', '/audit/v1/messages/:messageId/versions', {
      tag,
      summary: 'Every version of a message, the first one first, with who and when; for auditors',
      showsContent: true,
      params: z.strictObject({ messageId }),
      query: z.strictObject({ cursor: versionsCursor.optional(), limit: pageSize(MAX_PAGE, PAGE) }),
      answers: { 200: versions },
      refusals: ['message_not_found'],
      answer: async ({ params: of, query }) => {
        const { versions: body, userIds } = await useCases.messageVersions(of.messageId, query);
        return { answer: { body }, results: body.versions.length, userIds };
      },
    }),
    audited('get', '/audit/v1/requests', {
      tag,
      summary: 'The requests that wait for the approval of another auditor, the oldest first; for auditors',
      showsContent: false,
      query: z.strictObject({ cursor: eventsCursor.optional(), limit: pageSize(MAX_REQUESTS, REQUESTS) }),
      answers: { 200: openAuditRequests },
      refusals: [],
      answer: async ({ query: { cursor, limit }, context }) => {
        const body = await useCases.openAuditRequests({ cursor, limit }, context.now);
        return { answer: { body }, results: body.requests.length };
      },
    }),
    commanded('post', '/audit/v1/requests', {
      tag,
      summary: 'Ask another auditor to approve a call; for auditors',
      headers: auditHeaders,
      body: z.strictObject({ call: auditedCall, filter: auditFilter }),
      answers: { 201: madeAuditRequest },
      refusals: ['audit_reason_required', 'audit_call_unknown'],
      isIdempotent: true,
      handle: async ({ body, headers, context }) => {
        const filter = askedFilter(all(), body);
        const asked = { call: body.call, filter, reason: headers['x-audit-reason'] ?? null };
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
    commanded('post', '/audit/v1/requests/:requestId/approve', {
      tag,
      summary: 'Approve the request of another auditor, who can make the call for an hour then; for auditors',
      params,
      answers: { 204: null },
      refusals: ['own_audit_request', 'audit_request_not_found', 'audit_request_decided', 'audit_request_expired'],
      handle: ({ params: { requestId }, context }) => useCases.approveAuditRequest(requestId, context),
    }),
    commanded('post', '/audit/v1/requests/:requestId/refuse', {
      tag,
      summary: 'Refuse the request of another auditor, or take your own back; for auditors',
      params,
      answers: { 204: null },
      refusals: ['audit_request_not_found', 'audit_request_decided', 'audit_request_expired'],
      handle: ({ params: { requestId }, context }) => useCases.refuseAuditRequest(requestId, context),
    }),
  ];
};
