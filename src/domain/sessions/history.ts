import { firstly, type History } from '../kernel/history.js';
import type { SessionEvents } from './events.js';

export const sessionHistory: History<SessionEvents> = {
  SessionStarted: firstly<SessionEvents['SessionStarted']>().storedAnew().storedAnew(),
};
