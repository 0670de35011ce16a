import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';

/** That a message has come to a device of a user. */
export interface Arrival {
  readonly userId: UserId;
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
}

/** What the read model says of an arrival. */
export interface ArrivalState {
  /** The position at which the message was sent; undefined where the read model does not know it yet. */
  readonly sentPosition: Position | undefined;
  /** Whether nothing tells of it yet: the user is a member, and has neither read nor been given the message, or a later one. */
  readonly isNew: boolean;
}

/** A record that everything up to a message has come to a user, as they are told of their own. */
export interface OwnDelivery {
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly messageId: MessageId;
  readonly deliveredAt: Instant;
}

/** What the recording of deliveries asks the read model of messages, of many users at a time. */
export interface DeliveryViews {
  /** Answers one state an arrival, in their order. */
  statesOf(arrivals: readonly Arrival[]): Promise<readonly ArrivalState[]>;
  /** Answers the newest message of each conversation that a user has not read, of those that were sent up to a position. */
  unreadUpTo(places: readonly { readonly userId: UserId; readonly position: Position }[]): Promise<readonly Arrival[]>;
  /** Lists what is recorded of a user, by conversation and ordinal, after one of them (null: from the first). */
  deliveredTo(
    userId: UserId,
    after: Pick<OwnDelivery, 'conversationId' | 'seq'> | null,
    limit: number,
  ): Promise<readonly OwnDelivery[]>;
}
