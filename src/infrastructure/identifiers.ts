import { v5, v7 } from 'uuid';
import type { Identifiers } from '../application/ports/identifiers.js';

/** The names that derived identifiers are made in: fixed for ever, or the same things would get other ids. */
const EVENTS = '6f1c7d52-3a0e-4a53-9d0e-0b8c7d1f2a10';
const DIRECT_CONVERSATIONS = '6f1c7d52-3a0e-4a53-9d0e-0b8c7d1f2a11';
const KEYED_MESSAGES = '6f1c7d52-3a0e-4a53-9d0e-0b8c7d1f2a12';

const fresh = () => v7() as never;

export const createIdentifiers = (): Identifiers => ({
  newUserId: fresh,
  newSessionId: fresh,
  newTicketId: fresh,
  newConversationId: fresh,
  newMessageId: fresh,
  newCommandId: fresh,
  eventId: (command, index) => v5(`${command}/${index}`, EVENTS) as never,
  directConversationId: (one, other) => v5([one, other].sort().join('/'), DIRECT_CONVERSATIONS) as never,
  messageIdOf: (sender, idempotencyKey) => v5(`${sender}/${idempotencyKey}`, KEYED_MESSAGES) as never,
});
