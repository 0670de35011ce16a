import { createHash } from 'node:crypto';
import { stringify } from 'uuid';
import type { Identifiers } from '../application/ports/identifiers.js';
import { createUuidV5, createUuidV7 } from './uuids.js';

/** The namespaces of derived identifiers. They are fixed for ever: with others the same things would get other ids. */
const eventUuid = createUuidV5('6f1c7d52-3a0e-4a53-9d0e-0b8c7d1f2a10');
const directConversationUuid = createUuidV5('6f1c7d52-3a0e-4a53-9d0e-0b8c7d1f2a11');
const reactionUuid = createUuidV5('6f1c7d52-3a0e-4a53-9d0e-0b8c7d1f2a12');

const newUuid = createUuidV7();
const fresh = () => newUuid() as never;

const TIME_BYTES = 6;
const VERSION_7 = 0x70;
const VARIANT = 0x80;

/**
 * Makes a UUIDv7 of the year 1970, whose other 74 bits are those of a hash. It has the form of every identifier, is the same
 * every time, and differs from those that hold the time at which they were made.
 */
const hashed = (name: string): string => {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16);
  bytes.fill(0, 0, TIME_BYTES);
  bytes[6] = VERSION_7 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = VARIANT | ((bytes[8] ?? 0) & 0x3f);
  return stringify(bytes);
};

export const createIdentifiers = (): Identifiers => ({
  newUserId: fresh,
  newSessionId: fresh,
  newTicketId: fresh,
  newConversationId: fresh,
  newMessageId: fresh,
  newMediaId: fresh,
  newAuditRequestId: fresh,
  newMaintenanceId: fresh,
  newCommandId: fresh,
  eventId: (command, index) => eventUuid(`${command}/${index}`) as never,
  reactionId: (event, reactor) => reactionUuid(`${event}/${reactor}`) as never,
  directConversationId: (one, other) => directConversationUuid([one, other].sort().join('/')) as never,
  messageOfRequest: (request) => hashed(request) as never,
});
