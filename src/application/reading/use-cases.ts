import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { Transact } from '../kernel/transact.js';
import type { MessagePlaces } from '../messages/message-places.js';
import type { Users } from '../users/remembered-users.js';
import { markRead } from './mark-read.js';

export interface ReadingPorts {
  readonly transact: Transact;
  readonly access: ConversationAccess;
  readonly places: MessagePlaces;
  readonly users: Users;
}

/** The reading of conversations. */
export const readingUseCases = ({ transact, access, places, users }: ReadingPorts) => ({
  markRead: markRead(transact, access, places, users),
});

export type ReadingUseCases = ReturnType<typeof readingUseCases>;
