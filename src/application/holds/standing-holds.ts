import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { holds, isHeld, type HoldState } from '../../domain/holds/decider.js';
import { unchanged, type Loaded } from '../kernel/loaded.js';
import { remember } from '../kernel/remembered.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';

/** The holds of a log have one stream, by this id. */
export const ALL_HOLDS = 'all';

/** Whether something is held, and the condition under which that has not changed. */
interface HeldOrNot {
  readonly isHeld: boolean;
  readonly condition: StreamCondition;
}

/** The holds that stand, as the log has them. */
export interface StandingHolds {
  current(): Promise<Loaded<HoldState>>;
  /** Says whether a user or a conversation is held now. What destroys something of theirs is appended on this condition. */
  lookUp(id: UserId | ConversationId): Promise<HeldOrNot>;
}

/** Reads each time what has come since: mostly nothing. */
export const standingHolds = (store: EventStore): StandingHolds => {
  const remembered = remember(store, holds, { most: 1, weightOf: () => 1 });
  const current = () => remembered.current(ALL_HOLDS);
  return {
    current,
    lookUp: async (id) => {
      const loaded = await current();
      return { isHeld: isHeld(loaded.state, id), condition: unchanged(loaded) };
    },
  };
};
