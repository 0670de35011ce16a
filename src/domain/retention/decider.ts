import { AUDIT_TRAIL } from '../audit/trail.js';
import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { RetentionEvents } from './events.js';

/** Conversations with a rule of their own: all rules are read and decided together. */
export const MAX_RULES = 1_000;
/** Some 27 years. Who keeps messages for longer keeps them for ever. */
export const MAX_DAYS = 9_999;

export type RetentionCommands = {
  SetRetention: { conversationId: ConversationId | null; days: number | null; reason: string; by: UserId; at: Instant };
  ClearRetention: { conversationId: ConversationId; reason: string; by: UserId; at: Instant };
};

/** How long messages are kept, and who has said so. */
interface RetentionRule {
  readonly days: number | null;
  readonly setBy: UserId;
  readonly setAt: Instant;
  readonly reason: string;
}

export type RetentionState = {
  /** It is null where nobody has ever set one: messages are kept for ever. */
  readonly general: RetentionRule | null;
  readonly conversations: ReadonlyMap<ConversationId, RetentionRule>;
};

const ruleOf = ({ general, conversations }: RetentionState, id: ConversationId | null): RetentionRule | null =>
  id === null ? general : (conversations.get(id) ?? null);

/** Answers after how many days the messages of a conversation go; null where they are kept for ever. */
export const daysOf = ({ general, conversations }: RetentionState, id: ConversationId): number | null =>
  (conversations.get(id) ?? general)?.days ?? null;

/** Answers each number of days after which messages of some conversation go. */
export const distinctDays = ({ general, conversations }: RetentionState): number[] => {
  const all = [general, ...conversations.values()].map((rule) => rule?.days ?? null);
  return [...new Set(all.filter((days) => days !== null))].sort((one, other) => one - other);
};

/** How long messages are kept: all rules of the log, in one stream. */
export const retention: Decider<RetentionCommands, RetentionEvents, RetentionState> = {
  category: 'retention',
  initial: { general: null, conversations: new Map() },
  decide: {
    SetRetention: ({ by, at, ...rule }, state) => {
      const { conversationId, days } = rule;
      const present = ruleOf(state, conversationId);
      if (present?.days === days) return [];
      if (conversationId !== null && present === null && state.conversations.size >= MAX_RULES)
        reject('retention_full');
      return [{ type: 'RetentionSet', data: { ...rule, setBy: by, trail: AUDIT_TRAIL, setAt: at } }];
    },
    ClearRetention: ({ by, at, ...rule }, { conversations }) =>
      conversations.has(rule.conversationId)
        ? [{ type: 'RetentionCleared', data: { ...rule, clearedBy: by, trail: AUDIT_TRAIL, clearedAt: at } }]
        : [],
  },
  evolve: {
    RetentionSet: (draft, { conversationId, days, setBy, setAt, reason }) => {
      const rule = { days, setBy, setAt, reason };
      if (conversationId === null) draft.general = rule;
      else draft.conversations.set(conversationId, rule);
      return draft;
    },
    RetentionCleared: (draft, { conversationId }) => {
      draft.conversations.delete(conversationId);
      return draft;
    },
  },
};
