import { holds, type HoldCommands, type HoldSubject } from '../../domain/holds/decider.js';
import { streamOf, type UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { RequireRole } from '../roles/require-role.js';
import { ALL_HOLDS } from './standing-holds.js';

export interface HoldInput {
  readonly subject: HoldSubject;
  readonly matter: string;
  readonly reason: string | null;
}

/** Answers the conditions under which a hold is placed or lifted. The command-line tool has no actor, and needs no role. */
type Conditions = (subject: HoldSubject, actor: UserId | null) => Promise<readonly StreamCondition[]>;

/** Requires an auditor, as the log has them now. */
export const asAuditor =
  (requireRole: RequireRole): Conditions =>
  async (_, actor) =>
    actor === null ? [] : [await requireRole(actor, 'auditor')];

/** Makes the use case of one command on the holds. One at a time runs on this node, as all of them change one stream. */
export const changeHolds =
  (transact: Transact, type: keyof HoldCommands, conditions: Conditions) =>
  async ({ subject, matter, reason }: HoldInput, context: CommandContext<UserId | null>) => {
    const data = {
      subject,
      matter,
      reason: reason ?? reject('audit_reason_required'),
      by: context.actor,
      at: context.now,
    };
    const plan = async () => ({
      decisions: [decision(holds, ALL_HOLDS, { type, data })],
      require: await conditions(subject, context.actor),
      answer: () => ({}),
    });
    const { position, repeated } = await transact(context, plan, streamOf(holds.category, ALL_HOLDS));
    return { position, repeated };
  };
