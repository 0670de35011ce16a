import { z } from 'zod';
import type {
  AuditCallId,
  AuditRequestId,
  CommandId,
  ConversationId,
  Hash,
  Instant,
  MaintenanceId,
  MediaId,
  MessageId,
  Position,
  SessionId,
  Sha256,
  TicketId,
  UserId,
} from '../../../domain/kernel/ids.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const branded = <T extends string>(pattern: RegExp) => z.string().regex(pattern) as unknown as z.ZodType<T>;

export const userId = branded<UserId>(UUID);
export const sessionId = branded<SessionId>(UUID);
export const conversationId = branded<ConversationId>(UUID);
export const messageId = branded<MessageId>(UUID);
export const mediaId = branded<MediaId>(UUID);
export const ticketId = branded<TicketId>(UUID);
export const auditCallId = branded<AuditCallId>(UUID);
export const maintenanceId = branded<MaintenanceId>(UUID);
export const auditRequestId = branded<AuditRequestId>(UUID);
export const commandId = branded<CommandId>(UUID);
export const hash = branded<Hash>(/^[A-Za-z0-9_-]{43}$/);
export const sha256 = branded<Sha256>(/^[0-9a-f]{64}$/);
export const instant = branded<Instant>(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const position = branded<Position>(/^\d{1,20}$/);
/**
 * Any text that has an exact form in UTF-8 and in a column of PostgreSQL: a lone surrogate would come back as another
 * character, and U+0000 would stop the projection. HTTP and WebSocket refuse both; this check is the last.
 */
export const text = z
  .string()
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'holds a lone surrogate or U+0000');

/** Whoever uses the command-line tool, as the operating system names them. */
export const operator = z.strictObject({ systemUser: text, host: text, authenticated: z.literal(false) });
