import type { AuditRequestId, Instant } from '../../domain/kernel/ids.js';
import type { AuditEvents } from '../../domain/audit/events.js';
import { secondsAfter } from '../kernel/seconds-after.js';
import { DECIDED_WITHIN_SECONDS, type AuditRequestView } from './audit-requests.js';
import type { eventList } from './list-events.js';

interface OpenRequestsParts {
  readonly list: ReturnType<typeof eventList>['listAuditEvents'];
  readonly get: (requestId: AuditRequestId, at: Instant) => Promise<AuditRequestView>;
}

/** Clocks of nodes differ a little. */
const CLOCK_SECONDS = 3_600;

/**
 * Lists the requests that wait for another auditor, the oldest first. Those that were decided meanwhile are left out: a page may be
 * shorter than its limit, or empty, and have a cursor all the same.
 */
export const openAuditRequests =
  ({ list, get }: OpenRequestsParts) =>
  async ({ cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number }, now: Instant) => {
    const from = secondsAfter(now, -DECIDED_WITHIN_SECONDS - CLOCK_SECONDS);
    const { page } = await list({ type: 'AuditRequested', from, cursor }, limit);
    const asked = page.events.flatMap(({ data }) => (data ? [data as AuditEvents['AuditRequested']] : []));
    const requests = await Promise.all(asked.map(({ requestId }) => get(requestId, now)));
    return { requests: requests.filter(({ status }) => status === 'open'), nextCursor: page.nextCursor };
  };
