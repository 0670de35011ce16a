import type { Decider } from '../kernel/decider.js';
import type { ConversationId, Instant, MessageId, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { MessageEvents } from './events.js';

export type MessageCommands = {
  SendMessage: {
    messageId: MessageId;
    conversationId: ConversationId;
    text: string;
    replyTo: MessageId | null;
    by: UserId;
    at: Instant;
  };
};

/** A message as it was first sent. A retry is compared with it, whatever has happened to the message since. */
export type OriginalMessage = Readonly<MessageEvents['MessageSent']>;

/** What may change stands beside the original, never in it. */
export type MessageState =
  | { readonly status: 'absent' }
  | { readonly status: 'visible'; readonly original: OriginalMessage; readonly text: string };

/** Whether a message is the one that was sent before. Its present text does not matter: it may have been edited since. */
export const isSameMessage = (
  original: OriginalMessage,
  sent: Pick<MessageCommands['SendMessage'], 'by' | 'text' | 'replyTo'> & {
    conversationId: ConversationId | undefined;
  },
): boolean =>
  original.senderId === sent.by &&
  original.conversationId === sent.conversationId &&
  original.text === sent.text &&
  original.replyTo === sent.replyTo;

/** One message. Sending the same one again decides nothing; another one with the same id is rejected. */
export const message: Decider<MessageCommands, MessageEvents, MessageState> = {
  category: 'message',
  initial: { status: 'absent' },
  decide: {
    SendMessage: (command, state) => {
      const { messageId, conversationId, text, replyTo, by, at } = command;
      const sent = { messageId, conversationId, senderId: by, text, replyTo, sentAt: at };
      if (state.status === 'absent') return [{ type: 'MessageSent', data: sent }];
      return isSameMessage(state.original, command) ? [] : reject('idempotency_conflict', { messageId });
    },
  },
  evolve: { MessageSent: (_, sent) => ({ status: 'visible', original: sent, text: sent.text }) },
};
