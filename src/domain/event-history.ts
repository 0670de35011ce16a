import { claimHistory } from './claims/history.js';
import { conversationHistory } from './conversations/history.js';
import type { ChatEvents } from './event-catalogue.js';
import type { History } from './kernel/history.js';
import { messageHistory } from './messages/history.js';
import { requestHistory } from './requests/history.js';
import { sessionHistory } from './sessions/history.js';
import { userHistory } from './users/history.js';

/** The versions of every event that has had more than one. */
export const eventHistory: History<ChatEvents> = {
  ...userHistory,
  ...claimHistory,
  ...sessionHistory,
  ...conversationHistory,
  ...messageHistory,
  ...requestHistory,
};
