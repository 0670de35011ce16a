import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { TicketPurpose, Tickets } from '../../application/ports/tickets.js';
import type { Hash, TicketId, UserId } from '../../domain/kernel/ids.js';
import { bytesToUuid, uuidToBytes } from './uuid-bytes.js';

const UUID_BYTES = 16;
const TOKEN_BYTES = 2 * UUID_BYTES + 32;

/** Makes tokens of 64 bytes: user, ticket, and a MAC over both, so that only this server can have made them. */
export const createTickets = (key: Buffer): Tickets => {
  const macOf = (purpose: TicketPurpose, body: Buffer): Buffer =>
    createHmac('sha256', key).update(purpose).update('\0').update(body).digest();
  return {
    tokenOf: (purpose, userId, ticketId) => {
      const body = Buffer.concat([uuidToBytes(userId), uuidToBytes(ticketId)]);
      return Buffer.concat([body, macOf(purpose, body)]).toString('base64url');
    },
    hashOf: (token) => createHash('sha256').update(token).digest('base64url') as Hash,
    open: (purpose, token) => {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return undefined;
      const body = bytes.subarray(0, 2 * UUID_BYTES);
      if (!timingSafeEqual(macOf(purpose, body), bytes.subarray(2 * UUID_BYTES))) return undefined;
      return {
        userId: bytesToUuid(body.subarray(0, UUID_BYTES)) as UserId,
        ticketId: bytesToUuid(body.subarray(UUID_BYTES)) as TicketId,
      };
    },
  };
};
