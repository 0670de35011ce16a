import { conversation } from '../../domain/conversations/decider.js';
import type { ConversationId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';

/** Requires that there is a conversation: then it stays, so what is appended needs no condition. Rejects `conversation_not_found`. */
export const requireStarted = async (store: EventStore, conversationId: ConversationId): Promise<void> => {
  if ((await load(store, conversation, conversationId)).state.status === 'absent') reject('conversation_not_found');
};
