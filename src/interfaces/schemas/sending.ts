import { z } from 'zod';
import type { Addressee } from '../../application/messages/recipients.js';
import { attachments, conversationId, messageId, text, userId, username } from './fields.js';

const addressees = ['conversationId', 'recipientId', 'recipient'] as const;

interface Addressed {
  readonly conversationId?: z.output<typeof conversationId> | undefined;
  readonly recipientId?: z.output<typeof userId> | undefined;
  readonly recipient?: string | undefined;
}

/** Says whether exactly one addressee is named. */
const namesOne = (given: Addressed): boolean => addressees.filter((name) => given[name] !== undefined).length === 1;

interface Said {
  readonly text?: string | undefined;
  readonly attachments?: readonly unknown[] | undefined;
}

/** Says whether there is a text, or a file in its place. */
const saysSomething = ({ text, attachments = [] }: Said): boolean => text !== undefined || attachments.length > 0;

/** A message to send, over HTTP and in frames. */
export const sending = z
  .strictObject({
    messageId: messageId.optional(),
    conversationId: conversationId.optional(),
    recipientId: userId.optional(),
    recipient: username.optional(),
    text: text.optional(),
    attachments: attachments.optional(),
    replyTo: messageId.optional(),
  })
  .refine(namesOne, { error: 'names exactly one of conversationId, recipientId and recipient' })
  .refine(saysSomething, { error: 'has a text, or attachments' })
  .meta({
    // Both, as JSON Schema says them.
    oneOf: addressees.map((name) => ({ required: [name] })),
    anyOf: [{ required: ['text'] }, { required: ['attachments'], properties: { attachments: { minItems: 1 } } }],
  });

/** Answers the addressee of a message that names one. */
export const addresseeOf = ({ conversationId, recipientId, recipient }: Addressed): Addressee => {
  if (conversationId !== undefined) return { conversationId };
  if (recipientId !== undefined) return { recipientId };
  return { recipient: recipient ?? '' };
};
