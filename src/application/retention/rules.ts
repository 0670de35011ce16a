import { retention, type RetentionState } from '../../domain/retention/decider.js';
import type { Loaded } from '../kernel/loaded.js';
import { remember } from '../kernel/remembered.js';
import type { EventStore } from '../ports/event-store.js';

/** The rules of a log have one stream, by this id. */
export const ALL_RULES = 'all';

/** How long messages are kept, as the log has it now. */
export type RetentionRules = () => Promise<Loaded<RetentionState>>;

/** Reads each time what has come since: mostly nothing. */
export const retentionRules = (store: EventStore): RetentionRules => {
  const remembered = remember(store, retention, { most: 1, weightOf: () => 1 });
  return () => remembered.current(ALL_RULES);
};
