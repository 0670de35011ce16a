import type { Decider } from '../kernel/decider.js';
import { reject } from '../kernel/rejections.js';
import type { MessageCommands } from './commands.js';
import type { MessageEvents } from './events.js';
import type { MessageState } from './state.js';

/** One message. Sending the same one again decides nothing; another under its id is refused. */
export const message: Decider<MessageCommands, MessageEvents, MessageState> = {
  category: 'message',
  initial: { status: 'absent' },
  decide: {
    SendMessage: ({ messageId, conversationId, text, replyTo, by, at }, state) => {
      const sent = { messageId, conversationId, senderId: by, text, replyTo, sentAt: at };
      if (state.status === 'absent') return [{ type: 'MessageSent', data: sent }];
      const isSame =
        state.senderId === by &&
        state.conversationId === conversationId &&
        state.text === text &&
        state.replyTo === replyTo;
      return isSame ? [] : reject('idempotency_conflict', { messageId });
    },
  },
  evolve: { MessageSent: (_, sent) => ({ status: 'visible', ...sent }) },
};
