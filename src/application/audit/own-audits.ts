import { auditCall } from '../../domain/audit/decider.js';
import type { AuditEvents, AuditFilter } from '../../domain/audit/events.js';
import { streamOf, type AuditCallId, type Instant, type UserId } from '../../domain/kernel/ids.js';
import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
import type { FindEvents } from './find-events.js';

/** A call of an auditor that looked for a user, or showed something of theirs. */
export interface OwnAudit {
  readonly at: Instant | null;
  readonly auditorId: UserId | null;
  readonly call: string;
  readonly filter: AuditFilter;
  readonly reason: string | null;
}

export interface OwnAuditParts {
  readonly log: AuditedLog;
  readonly find: FindEvents;
  /**
   * Says whether somebody must not learn yet that auditors look at what is theirs. They are told afterwards: the events stay where they
   * are.
   */
  readonly isHeldBack: (userId: UserId) => Promise<boolean>;
}

const AT_ONCE = 500;

type Named = AuditEvents['UsersAudited'];
type Begun = AuditEvents['AuditAnswered' | 'AuditStreamStarted' | 'ToolCommandStarted'];

/** Tells users which auditors looked at what of theirs, when and why. */
export const ownAudits = ({ log, find, isHeldBack }: OwnAuditParts) => {
  const begunOf = async (callId: AuditCallId, upTo: AuditedEvent['position']): Promise<Begun | undefined> => {
    const criteria = { streamId: streamOf(auditCall.category, callId) };
    for (let after = LOG_START; !hasReached(after, upTo);) {
      const { events, lookedUpTo } = await find(criteria, { after, upTo }, AT_ONCE);
      if (events[0]) return events[0].data as Begun;
      after = lookedUpTo;
    }
    return undefined;
  };
  return async function* (userId: UserId): AsyncGenerator<OwnAudit> {
    const upTo = await log.head(); // asked first: a hold may be placed in between, and what is done under it comes behind this
    if (await isHeldBack(userId)) return;
    const criteria = { userId, type: 'UsersAudited' };
    let last: AuditCallId | undefined;
    for (let after = LOG_START; !hasReached(after, upTo);) {
      const { events, lookedUpTo } = await find(criteria, { after, upTo }, AT_ONCE);
      for (const { data, recordedAt: at } of events) {
        const { callId, auditorId, userIds } = data as Named;
        // A long answer names them again now and then; and what an auditor has looked at is nothing of theirs.
        if (callId === last || !userIds.includes(userId)) continue;
        last = callId;
        const begun = await begunOf(callId, upTo);
        if (begun) yield { at, auditorId, call: begun.call, filter: begun.filter, reason: begun.reason };
      }
      after = lookedUpTo;
    }
  };
};

export type OwnAudits = ReturnType<typeof ownAudits>;
