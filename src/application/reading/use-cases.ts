import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { Transact } from '../kernel/transact.js';
import type { MessagePlaces } from '../messages/message-places.js';
import type { People } from '../users/people.js';
import { markRead } from './mark-read.js';

export interface ReadingPorts {
  readonly transact: Transact;
  readonly access: ConversationAccess;
  readonly places: MessagePlaces;
  readonly people: People;
}

/** How far users have read. */
export const readingUseCases = ({ transact, access, places, people }: ReadingPorts) => ({
  markRead: markRead(transact, access, places, people),
});

export type ReadingUseCases = ReturnType<typeof readingUseCases>;
