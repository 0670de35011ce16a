import type {
  CommandId,
  ConversationId,
  EventId,
  MessageId,
  SessionId,
  StreamId,
  TicketId,
  UserId,
} from '../../domain/kernel/ids.js';

/** Makes identifiers: new ones (UUIDv7) and derived ones, which are the same every time. */
export interface Identifiers {
  newUserId(): UserId;
  newSessionId(): SessionId;
  newTicketId(): TicketId;
  newConversationId(): ConversationId;
  newMessageId(): MessageId;
  newCommandId(): CommandId;
  /** The id of the n-th event of a command. */
  eventId(command: CommandId, index: number): EventId;
  /** The command that a reactor gives because of an event. */
  reactionId(event: EventId, reactor: string): CommandId;
  /** The conversation of a pair, whoever starts it. */
  directConversationId(one: UserId, other: UserId): ConversationId;
  /** The message that an idempotency key stands for: the stream of the key is a keyed hash of it and of its sender. */
  messageOfRequest(request: StreamId): MessageId;
}
