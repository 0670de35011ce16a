import type { z } from 'zod';
import type { Addressee } from '../../application/messages/recipients.js';
import { attachments, conversationId, messageId, text, userId, username } from './fields.js';

const addressees = ['conversationId', 'recipientId', 'recipient'] as const;

/** The fields of a message to send, over HTTP and in frames. */
export const sendingFields = {
  messageId: messageId.optional(),
  conversationId: conversationId.optional(),
  recipientId: userId.optional(),
  recipient: username.optional(),
  text: text.optional(),
  attachments: attachments.optional(),
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

interface Said {
  readonly text?: string | undefined;
  readonly attachments?: readonly unknown[] | undefined;
}

/** Says whether there is a text, or a file in its place. */
export const saysSomething = ({ text, attachments = [] }: Said): boolean =>
  text !== undefined || attachments.length > 0;

export const SAYS_SOMETHING = 'has a text, or attachments';

/** Says both in JSON Schema. */
export const SENDING_SCHEMA = {
  oneOf: addressees.map((name) => ({ required: [name] })),
  anyOf: [{ required: ['text'] }, { required: ['attachments'], properties: { attachments: { minItems: 1 } } }],
};

/** Answers the addressee of a message that names one. */
export const addresseeOf = ({ conversationId, recipientId, recipient }: Addressed): Addressee => {
  if (conversationId !== undefined) return { conversationId };
  if (recipientId !== undefined) return { recipientId };
  return { recipient: recipient ?? '' };
};
