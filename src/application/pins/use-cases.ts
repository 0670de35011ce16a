import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { Transact } from '../kernel/transact.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { EventStore } from '../ports/event-store.js';
import type { PinViews } from '../ports/pin-views.js';
import { listPins } from './list-pins.js';
import { pinMessage } from './pin-message.js';
import { unpinMessage } from './unpin-message.js';

export interface PinPorts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly access: ConversationAccess;
  readonly conversations: ConversationViews;
  readonly views: PinViews;
}

/** The pinned messages of conversations. */
export const pinUseCases = ({ transact, store, access, conversations, views }: PinPorts) => ({
  pinMessage: pinMessage(transact, access, store),
  unpinMessage: unpinMessage(transact, access),
  listPins: listPins(conversations, views),
});

export type PinUseCases = ReturnType<typeof pinUseCases>;
