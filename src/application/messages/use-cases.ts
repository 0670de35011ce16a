import type { Transact } from '../kernel/transact.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { EventStore } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { MessageViews } from '../ports/message-views.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { UserLookup } from '../users/user-lookup.js';
import type { NoteFetched } from '../deliveries/note-fetched.js';
import { answerRepeats } from './answer-repeats.js';
import { attachMedia } from './attach-media.js';
import { deleteMessage } from './delete-message.js';
import { editMessage } from './edit-message.js';
import { getMessage } from './get-message.js';
import { getReceipts } from './get-receipts.js';
import { listChanges } from './list-changes.js';
import { listHistory } from './list-history.js';
import type { MessageAccess } from './message-access.js';
import type { MessagePlaces } from './message-places.js';
import type { FindDestination } from './recipients.js';
import type { ResolveMentions } from './resolve-mentions.js';
import { sendMessage } from './send-message.js';

export interface MessagePorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly identifiers: Identifiers;
  readonly lookup: UserLookup;
  readonly findDestination: FindDestination;
  readonly places: MessagePlaces;
  readonly access: MessageAccess;
  readonly resolveMentions: ResolveMentions;
  readonly views: MessageViews;
  readonly conversations: ConversationViews;
  readonly directory: UserDirectory;
  readonly deliveries: NoteFetched;
}

/** Messages, what becomes of them, their history and their receipts. */
export const messageUseCases = (ports: MessagePorts) => {
  const { transact, store, identifiers, lookup, findDestination, places, access, resolveMentions } = ports;
  const { views, conversations, directory, deliveries } = ports;
  const send = sendMessage({ transact, findDestination, attachMedia: attachMedia(store), places, identifiers });
  return {
    sendMessage: answerRepeats(send, { store, identifiers, lookup }),
    editMessage: editMessage(transact, access, resolveMentions),
    deleteMessage: deleteMessage(transact, access, store),
    getMessage: getMessage(conversations, views, deliveries),
    listHistory: listHistory(conversations, views, deliveries),
    listChanges: listChanges(conversations, views),
    getReceipts: getReceipts(conversations, views, directory),
  };
};

export type MessageUseCases = ReturnType<typeof messageUseCases>;
