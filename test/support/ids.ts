import type {
  AuditCallId,
  AuditRequestId,
  ConversationId,
  Hash,
  Instant,
  MaintenanceId,
  MediaId,
  MessageId,
  Position,
  SessionId,
  TicketId,
  UserId,
} from '../../src/domain/kernel/ids.js';

/** Makes a UUIDv7 that is the same in every run; its first digits say what it names. */
const numbered = (kind: number, n: number): string =>
  `01900000-00${kind.toString(16).padStart(2, '0')}-7000-8000-${n.toString(16).padStart(12, '0')}`;

export const userNumber = (n: number) => numbered(1, n) as UserId;
export const sessionNumber = (n: number) => numbered(2, n) as SessionId;
export const conversationNumber = (n: number) => numbered(3, n) as ConversationId;
export const messageNumber = (n: number) => numbered(4, n) as MessageId;
export const ticketNumber = (n: number) => numbered(5, n) as TicketId;
export const mediaNumber = (n: number) => numbered(6, n) as MediaId;
export const auditCallNumber = (n: number) => numbered(7, n) as AuditCallId;
export const auditRequestNumber = (n: number) => numbered(8, n) as AuditRequestId;
export const maintenanceNumber = (n: number) => numbered(9, n) as MaintenanceId;
export const positionOf = (n: number | bigint) => n.toString() as Position;

export const ada = userNumber(1);
export const bob = userNumber(2);
export const cleo = userNumber(3);
export const eve = userNumber(4);

const NOON = Date.UTC(2026, 0, 31, 12);

/** Answers the time that is this many seconds after noon on the day of the tests. */
export const at = (seconds: number): Instant => new Date(NOON + seconds * 1_000).toISOString() as Instant;

/** Makes a text of the form of a SHA-256 from this word. */
export const hashOf = (word: string): Hash => word.padEnd(43, '_') as Hash;
