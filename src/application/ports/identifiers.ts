import type {
  AuditRequestId,
  CommandId,
  ConversationId,
  EventId,
  MaintenanceId,
  MediaId,
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
  newMediaId(): MediaId;
  newAuditRequestId(): AuditRequestId;
  newMaintenanceId(): MaintenanceId;
  newCommandId(): CommandId;
  /** Answers the id of the n-th event of a command. */
  eventId(command: CommandId, index: number): EventId;
  /** Answers the id of the command that a reactor gives because of an event. */
  reactionId(event: EventId, reactor: string): CommandId;
  /** Answers the conversation of two users, whichever of them starts it. */
  directConversationId(one: UserId, other: UserId): ConversationId;
  /** Answers the message of an idempotency key. The stream of the key is a keyed hash of the key and of its sender. */
  messageOfRequest(request: StreamId): MessageId;
}
