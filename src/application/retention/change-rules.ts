import type { CommandOf } from '../../domain/kernel/fact.js';
import { streamOf, type ConversationId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { retention, type RetentionCommands } from '../../domain/retention/decider.js';
import { requireStarted } from '../conversations/require-started.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { EventStore } from '../ports/event-store.js';
import type { RequireRole } from '../roles/require-role.js';
import { ALL_RULES, type RetentionRules } from './rules.js';

export interface RuleParts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly requireRole: RequireRole;
  readonly rules: RetentionRules;
}

interface Rule<Id> {
  readonly conversationId: Id;
  readonly reason: string | null;
}

const stated = (reason: string | null): string => reason ?? reject('audit_reason_required');

/** How long messages are kept: auditors say so. */
export const ruleUseCases = ({ transact, store, requireRole, rules }: RuleParts) => {
  const change = async (command: CommandOf<RetentionCommands>, context: CommandContext) => {
    const plan = async () => ({
      decisions: [decision(retention, ALL_RULES, command)],
      require: [await requireRole(context.actor, 'auditor')],
      answer: () => ({}),
    });
    const { position, repeated } = await transact(context, plan, streamOf(retention.category, ALL_RULES));
    return { position, repeated };
  };

  return {
    /** Says after how many days messages go: of one conversation, or, for null, of all others. Null keeps them for ever. */
    setRetention: async (
      { reason, ...rule }: Rule<ConversationId | null> & { readonly days: number | null },
      context: CommandContext,
    ) => {
      if (rule.conversationId !== null) await requireStarted(store, rule.conversationId);
      const data = { ...rule, reason: stated(reason), by: context.actor, at: context.now };
      return change({ type: 'SetRetention', data }, context);
    },
    /** Has the rule for all count for a conversation again. */
    clearRetention: ({ conversationId, reason }: Rule<ConversationId>, context: CommandContext) => {
      const data = { conversationId, reason: stated(reason), by: context.actor, at: context.now };
      return change({ type: 'ClearRetention', data }, context);
    },
    getRetention: async () => {
      const { general, conversations } = (await rules()).state;
      return {
        general,
        conversations: [...conversations].map(([conversationId, rule]) => ({ conversationId, ...rule })),
      };
    },
  };
};
