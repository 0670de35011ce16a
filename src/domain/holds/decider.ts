import { AUDIT_TRAIL } from '../audit/trail.js';
import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { HoldEvents } from './events.js';

/** All holds are read and decided together: so many matters are a few megabytes. */
export const MAX_HOLDS = 10_000;

/** The matter of a hold that names none. */
export const GENERAL_MATTER = 'general';

/** Whom or what a hold keeps: one of the two. */
export type HoldSubject =
  | { readonly userId: UserId; readonly conversationId: null }
  | { readonly userId: null; readonly conversationId: ConversationId };

interface HoldChange {
  subject: HoldSubject;
  matter: string;
  reason: string;
  by: UserId | null;
  at: Instant;
}

export type HoldCommands = { PlaceHold: HoldChange; LiftHold: HoldChange };

/** A hold that stands. */
export interface StandingHold {
  readonly subject: HoldSubject;
  readonly matter: string;
  readonly placedBy: UserId | null;
  readonly reason: string;
  readonly placedAt: Instant;
}

/** The holds that stand, by the id of the user or the conversation: one for each matter. */
export type HoldState = {
  readonly standing: ReadonlyMap<UserId | ConversationId, readonly StandingHold[]>;
  /** How often one was lifted: only by that may something go that was kept before. */
  readonly lifted: number;
};

/** Answers the id of the user or the conversation. */
export const idOfSubject = (subject: HoldSubject): UserId | ConversationId => subject.conversationId ?? subject.userId;

const standingOn = ({ standing }: HoldState, subject: HoldSubject): readonly StandingHold[] =>
  standing.get(idOfSubject(subject)) ?? [];

/** Says whether any hold stands on this user or conversation. */
export const isHeld = ({ standing }: HoldState, id: UserId | ConversationId): boolean => standing.has(id);

const has = (state: HoldState, { subject, matter }: HoldChange): boolean =>
  standingOn(state, subject).some((hold) => hold.matter === matter);

const countOf = ({ standing }: HoldState): number =>
  [...standing.values()].reduce((count, holds) => count + holds.length, 0);

const heldOf = ({ subject, matter, reason }: HoldChange) => ({ ...subject, matter, reason, trail: AUDIT_TRAIL });

const subjectOf = ({ userId, conversationId }: HoldEvents['HoldPlaced' | 'HoldLifted']): HoldSubject =>
  userId === null ? { userId, conversationId: conversationId as ConversationId } : { userId, conversationId: null };

/**
 * All legal holds of the log, in one stream. So whatever would destroy something is appended on the condition that no hold has come
 * since it looked, and a hold on the condition that its user is still there: of two at once, one wins.
 */
export const holds: Decider<HoldCommands, HoldEvents, HoldState> = {
  category: 'holds',
  initial: { standing: new Map(), lifted: 0 },
  decide: {
    PlaceHold: (command, state) => {
      if (has(state, command)) return [];
      if (countOf(state) >= MAX_HOLDS) reject('holds_full');
      return [{ type: 'HoldPlaced', data: { ...heldOf(command), placedBy: command.by, placedAt: command.at } }];
    },
    LiftHold: (command, state) => {
      const { subject, by, at } = command;
      // Otherwise an auditor who is held could destroy what is kept of them.
      if (by !== null && by === subject.userId) reject('own_hold');
      return has(state, command)
        ? [{ type: 'HoldLifted', data: { ...heldOf(command), liftedBy: by, liftedAt: at } }]
        : [];
    },
  },
  evolve: {
    HoldPlaced: (draft, placed) => {
      const { matter, placedBy, reason, placedAt } = placed;
      const subject = subjectOf(placed);
      const others = standingOn(draft, subject).filter((hold) => hold.matter !== matter);
      draft.standing.set(idOfSubject(subject), [...others, { subject, matter, placedBy, reason, placedAt }]);
      return draft;
    },
    HoldLifted: (draft, lifted) => {
      draft.lifted += 1;
      const subject = subjectOf(lifted);
      const others = standingOn(draft, subject).filter(({ matter }) => matter !== lifted.matter);
      if (others.length > 0) draft.standing.set(idOfSubject(subject), others);
      else draft.standing.delete(idOfSubject(subject));
      return draft;
    },
  },
};
