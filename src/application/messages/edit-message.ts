import type { MessageId } from '../../domain/kernel/ids.js';
import { message } from '../../domain/messages/decider.js';
import { normalizeText } from '../../domain/messages/text.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { MessageAccess } from './message-access.js';
import type { ResolveMentions } from './resolve-mentions.js';

/** Gives a message another text, which is looked through for mentions anew. Its sender may, as long as they may write in the conversation. */
export const editMessage =
  (transact: Transact, access: MessageAccess, resolveMentions: ResolveMentions) =>
  async (input: { readonly messageId: MessageId; readonly text: string }, context: CommandContext) => {
    const { actor: by, now: at } = context;
    const { messageId } = input;
    const text = normalizeText(input.text);
    const { position } = await transact(context, async (attempt) => {
      const { conversation, conditions } = await access.requirePoster(messageId, by, attempt);
      const mentions = await resolveMentions(text, conversation, by);
      const command = { type: 'EditMessage', data: { messageId, text, mentions, by, at } } as const;
      return { decisions: [decision(message, messageId, command)], require: conditions, answer: () => ({}) };
    });
    return { position };
  };
