import type { ConversationId } from '../../../domain/kernel/ids.js';
import { CHUNK } from './gram-list.js';

/**
 * Conversations put a chunk into lists at different moments, by the last byte of their ids: those that go on alike, as the
 * members of a company do, would otherwise all come to it at once. A hundred conversations wrote 140,000 lists in one batch.
 */
const lagOf = (conversationId: ConversationId): number => Number.parseInt(conversationId.slice(-2), 16) % CHUNK;

/** Answers the ordinal up to which the messages of a conversation are in lists, where this is its last one: full chunks of them. */
export const listedUpTo = (conversationId: ConversationId, lastSeq: number): number =>
  Math.floor(Math.max(0, lastSeq - lagOf(conversationId)) / CHUNK) * CHUNK;

/** The same in SQL, of the conversation `c`. */
export const LISTED_UP_TO = `(greatest(c.last_seq - get_byte(uuid_send(c.conversation_id), 15) % ${CHUNK}, 0) / ${CHUNK} * ${CHUNK})`;
