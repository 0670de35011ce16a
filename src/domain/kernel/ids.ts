/** A string that means one kind of thing: two brands never mix by accident. */
type Branded<Brand extends string> = string & { readonly __brand: Brand };

/** Identifiers are UUIDv7 strings, lower-case, with hyphens. */
export type UserId = Branded<'UserId'>;
export type SessionId = Branded<'SessionId'>;
export type ConversationId = Branded<'ConversationId'>;
export type MessageId = Branded<'MessageId'>;
export type TicketId = Branded<'TicketId'>;
/** Names one command: the same command twice has the same id, and so the same events. */
export type CommandId = Branded<'CommandId'>;
/** UUIDv5 of the command's id and the event's index in it. */
export type EventId = Branded<'EventId'>;

/** The name of a stream: `<category>-<id>`. */
export type StreamId = Branded<'StreamId'>;

/** RFC 3339 in UTC with milliseconds, e.g. `2026-01-31T12:00:00.000Z`; compares as a string. */
export type Instant = Branded<'Instant'>;

/** Where an event stands in the global log: a decimal string; compare with `comparePositions`. */
export type Position = Branded<'Position'>;

/** A hash, base64url without padding. */
export type Hash = Branded<'Hash'>;

/** The stream of one aggregate. */
export const streamOf = (category: string, id: string): StreamId => `${category}-${id}` as StreamId;
