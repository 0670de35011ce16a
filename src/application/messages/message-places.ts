import type { ConversationId, MessageId, Position } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { message } from '../../domain/messages/decider.js';
import { BoundedCache } from '../kernel/bounded-cache.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';

const MOST_BYTES = 16 * 1_048_576;
/** Measured: the bytes that the place of a message takes. */
const BYTES = 260;

/** The place at which a message was sent. It never changes. */
interface MessagePlace {
  readonly conversationId: ConversationId;
  readonly sentPosition: Position;
}

/** Looks up the places of messages in the log. */
export interface MessagePlaces {
  /** Answers undefined where there is no such message. */
  find(messageId: MessageId): Promise<MessagePlace | undefined>;
  /** Answers the place. Rejects `message_not_found`, also for a message of another conversation. */
  require(messageId: MessageId, conversationId: ConversationId): Promise<MessagePlace>;
  remember(messageId: MessageId, place: MessagePlace): void;
}

export const messagePlaces = (store: EventStore): MessagePlaces => {
  const kept = new BoundedCache<MessageId, MessagePlace>({ most: MOST_BYTES, weightOf: () => BYTES });

  const find = async (messageId: MessageId): Promise<MessagePlace | undefined> => {
    const known = kept.get(messageId);
    if (known) return known;
    const { state, firstPosition } = await load(store, message, messageId);
    if (state.status === 'absent' || firstPosition === undefined) return undefined;
    const place = { conversationId: state.original.conversationId, sentPosition: firstPosition };
    kept.set(messageId, place);
    return place;
  };

  return {
    find,
    remember: (messageId, place) => kept.set(messageId, place),
    require: async (messageId, conversationId) => {
      const place = await find(messageId);
      return place?.conversationId === conversationId ? place : reject('message_not_found');
    },
  };
};
