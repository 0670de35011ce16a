import { Rejection } from '../../domain/kernel/rejections.js';
import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { isSameMessage, message } from '../../domain/messages/decider.js';
import { normalizeText } from '../../domain/messages/text.js';
import type { CommandContext } from '../kernel/command-context.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { UserLookup } from '../users/user-lookup.js';
import type { Addressee } from './recipients.js';
import { messageOfClaim, type SendMessage, type SendMessageInput, type SentMessage } from './send-message.js';

export interface RepeatsParts {
  readonly store: EventStore;
  readonly identifiers: Identifiers;
  readonly lookup: UserLookup;
}

/**
 * A message that was sent stays sent: a repeat is answered as the first time, also when the sender may not write there any
 * more. It is looked up only where sending is refused, and anything but the same message gets that refusal.
 */
export const answerRepeats = (send: SendMessage, { store, identifiers, lookup }: RepeatsParts): SendMessage => {
  const conversationOf = async (to: Addressee, by: UserId): Promise<ConversationId | undefined> => {
    if ('conversationId' in to) return to.conversationId;
    const recipient = 'recipientId' in to ? to.recipientId : await lookup.byUsername(to.recipient);
    return recipient === null ? undefined : identifiers.directConversationId(by, recipient);
  };

  const findEarlier = async (input: SendMessageInput, context: CommandContext): Promise<SentMessage | undefined> => {
    const messageId = input.messageId ?? messageOfClaim(context, identifiers);
    if (messageId === undefined) return undefined;
    const { state, firstPosition: position } = await load(store, message, messageId);
    if (state.status === 'absent' || position === undefined) return undefined;
    const by = context.actor;
    const conversationId = await conversationOf(input.to, by);
    const { replyTo = null } = input;
    const text = normalizeText(input.text);
    const attachments = (input.attachments ?? []).map((mediaId) => ({ mediaId }));
    const { original } = state;
    if (!isSameMessage(original, { conversationId, by, text, replyTo, attachments })) return undefined;
    const { sentAt } = original;
    return { messageId, conversationId: original.conversationId, position, sentAt, repeated: true };
  };

  return async (input, context) => {
    try {
      return await send(input, context);
    } catch (error) {
      const earlier = error instanceof Rejection ? await findEarlier(input, context) : undefined;
      if (!earlier) throw error;
      return earlier;
    }
  };
};
