import { type z } from 'zod';
import type { Addressee } from '../../application/messages/recipients.js';
import { conversationId, messageId, text, userId, username } from './fields.js';

const addressees = ['conversationId', 'recipientId', 'recipient'] as const;

/** The fields of a message to send, over HTTP and in frames. */
export const sendingFields = {
  messageId: messageId.optional(),
  conversationId: conversationId.optional(),
  recipientId: userId.optional(),
  recipient: username.optional(),
  text,
  replyTo: messageId.optional(),
};

interface Addressed {
  readonly conversationId?: z.output<typeof conversationId> | undefined;
  readonly recipientId?: z.output<typeof userId> | undefined;
  readonly recipient?: string | undefined;
}

/** Says whether exactly one addressee is named. */
export const namesOne = (given: Addressed): boolean =>
  addressees.filter((name) => given[name] !== undefined).length === 1;

export const NAMES_ONE = 'names exactly one of conversationId, recipientId and recipient';

/** Says the same in JSON Schema. */
export const NAMES_ONE_SCHEMA = { oneOf: addressees.map((name) => ({ required: [name] })) };

/** Answers the addressee of a message that names one. */
export const addresseeOf = ({ conversationId, recipientId, recipient }: Addressed): Addressee => {
  if (conversationId !== undefined) return { conversationId };
  if (recipientId !== undefined) return { recipientId };
  return { recipient: recipient ?? '' };
};
