import { firstly, type History } from '../kernel/history.js';
import type { ConversationEvents } from './events.js';

export const conversationHistory: History<ConversationEvents> = {
  ConversationStarted: firstly<ConversationEvents['ConversationStarted']>().storedAnew().storedAnew(),
  ConversationRenamed: firstly<ConversationEvents['ConversationRenamed']>().storedAnew().storedAnew(),
};
