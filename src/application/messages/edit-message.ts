import type { MessageId } from '../../domain/kernel/ids.js';
import { message } from '../../domain/messages/decider.js';
import { normalizeText } from '../../domain/messages/text.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { MessageAccess } from './message-access.js';

/** Gives a message another text. Its sender may, as long as they may write in the conversation. */
export const editMessage =
  (transact: Transact, access: MessageAccess) =>
  async (input: { readonly messageId: MessageId; readonly text: string }, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { messageId } = input;
    const text = normalizeText(input.text);
    const { position } = await transact(context, async (attempt) => {
      const { conditions } = await access.requirePoster(messageId, by, attempt);
      const command = { type: 'EditMessage', data: { messageId, text, by, at } } as const;
      return { decisions: [decision(message, messageId, command)], require: conditions, answer: () => ({}) };
    });
    return { position };
  };
