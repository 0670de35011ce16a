/** A string that means one kind of thing: two brands cannot be mixed by mistake. */
type Branded<Brand extends string> = string & { readonly __brand: Brand };

/** Identifiers are UUIDv7 strings, lower-case, with hyphens. */
export type UserId = Branded<'UserId'>;
export type SessionId = Branded<'SessionId'>;
export type ConversationId = Branded<'ConversationId'>;
export type MessageId = Branded<'MessageId'>;
export type MediaId = Branded<'MediaId'>;
export type TicketId = Branded<'TicketId'>;
/** The id of one call of an auditor: that of the command by which it was recorded. */
export type AuditCallId = Branded<'AuditCallId'>;
export type AuditRequestId = Branded<'AuditRequestId'>;
export type MaintenanceId = Branded<'MaintenanceId'>;
/** The id of one command: the same command twice has the same id, and so the same events. */
export type CommandId = Branded<'CommandId'>;
/** The id of an event: the UUIDv5 of the command's id and of the event's index in it. */
export type EventId = Branded<'EventId'>;

/** The name of a stream: `<category>-<id>`. */
export type StreamId = Branded<'StreamId'>;

/** A time in RFC 3339, in UTC with milliseconds, such as `2026-01-31T12:00:00.000Z`. It can be compared as a string. */
export type Instant = Branded<'Instant'>;

/** The place of an event in the whole log, as a decimal string. Compare positions with `comparePositions`. */
export type Position = Branded<'Position'>;

/** A hash in base64url without padding. */
export type Hash = Branded<'Hash'>;

/** A SHA-256 in lower-case hex. */
export type Sha256 = Branded<'Sha256'>;

/** Answers the stream of one aggregate. */
export const streamOf = (category: string, id: string): StreamId => `${category}-${id}` as StreamId;

/** Answers whose stream it is: what stands behind the category, in which there is no hyphen. */
export const idOfStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
