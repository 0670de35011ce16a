import type { MessageEvents } from './events.js';

/** A message as it was first sent. A retry is compared with it, whatever has happened to the message since. */
export type OriginalMessage = Readonly<MessageEvents['MessageSent']>;

/** What may change is kept beside the original, never in it. */
export type MessageState =
  | { readonly status: 'absent' }
  | { readonly status: 'visible'; readonly original: OriginalMessage; readonly text: string }
  | { readonly status: 'deleted'; readonly original: OriginalMessage };
