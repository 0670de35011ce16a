import type { MessageView } from '../ports/message-views.js';

/** The bytes that each file of a message counts for: with the longest name it has little more. */
export const ATTACHMENT_BYTES = 1_024;

/** Answers the bytes of what a user wrote in a message, its files included; 0 of a tombstone. */
export const textBytesOf = ({
  text,
  attachments,
}: Pick<MessageView, 'text'> & { readonly attachments: readonly unknown[] | null }): number =>
  Buffer.byteLength(text ?? '') + ATTACHMENT_BYTES * (attachments?.length ?? 0);
