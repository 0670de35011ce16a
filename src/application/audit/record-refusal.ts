import { auditRefusal } from '../../domain/audit/decider.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { BoundedCache } from '../kernel/bounded-cache.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { AuditCall, AuditContext } from './audit-call.js';

/** The users of whom this node remembers that their refusal was recorded. */
const MOST_REMEMBERED = 10_000;
const HOUR = 'yyyy-mm-ddThh'.length;

/** Records that somebody without the role has tried. */
export type RecordRefusal = (call: AuditCall, context: AuditContext & { readonly actor: UserId }) => Promise<void>;

/**
 * Records one refusal of a user in an hour, on whichever nodes they try: each hour has one stream, so that nobody can fill the
 * log with what they may not do.
 */
export const recordRefusal = (transact: Transact): RecordRefusal => {
  const recorded = new BoundedCache<UserId, string>({ most: MOST_REMEMBERED, weightOf: () => 1 });
  return async ({ name: call }, context) => {
    const { actor: userId, now: at } = context;
    const hour = at.slice(0, HOUR);
    if (recorded.get(userId) === hour) return;
    const command = { type: 'RecordRefusal', data: { userId, call, at } } as const;
    await transact(context, async () => ({
      decisions: [decision(auditRefusal, `${userId}-${hour}`, command, { expectNew: true })],
      answer: () => ({}),
    }));
    recorded.set(userId, hour);
  };
};
