import { firstly, type History } from '../kernel/history.js';
import type { MessageEvents } from './events.js';

export const messageHistory: History<MessageEvents> = {
  MessageSent: firstly<MessageEvents['MessageSent']>().storedAnew().storedAnew(),
};
