import type { MessageEvents } from '../../domain/messages/events.js';
import type { Projected, Projector } from './projector.js';

/** The table of messages; gives each its ordinal and its place, in the order of the log. */
export interface MessageWriter {
  /** The sender has read everything up to their own message. */
  add(event: Projected<MessageEvents['MessageSent']>): void;
}

/** The histories. */
export const messages: Projector<MessageEvents, { readonly messages: MessageWriter }> = {
  name: 'messages',
  on: { MessageSent: (write, event) => write.messages.add(event) },
};
