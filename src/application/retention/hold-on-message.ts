import { conversation } from '../../domain/conversations/decider.js';
import { isHeld, type HoldState } from '../../domain/holds/decider.js';
import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';

interface Sent {
  readonly senderId: UserId;
  readonly conversationId: ConversationId;
}

/**
 * Says of a message whether a hold stands on its sender, on its conversation, or on somebody who is a member of that now: what was
 * said to them is as much of their record as what they said.
 */
export const holdOnMessage = (store: EventStore, state: HoldState) => {
  const members = new Map<ConversationId, readonly UserId[]>();
  const membersOf = async (id: ConversationId): Promise<readonly UserId[]> => {
    const known = members.get(id);
    if (known) return known;
    const found = (await load(store, conversation, id)).state;
    const ids = found.status === 'started' ? [...found.members.keys()] : [];
    members.set(id, ids);
    return ids;
  };
  return async ({ senderId, conversationId }: Sent): Promise<boolean> => {
    if (state.standing.size === 0) return false;
    if (isHeld(state, senderId) || isHeld(state, conversationId)) return true;
    return (await membersOf(conversationId)).some((userId) => isHeld(state, userId));
  };
};
