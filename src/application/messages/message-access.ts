import type { ConversationId, MessageId, UserId } from '../../domain/kernel/ids.js';
import { reject, Rejection } from '../../domain/kernel/rejections.js';
import type { ConversationAccess, Membership } from '../conversations/conversation-access.js';
import type { MessagePlaces } from './message-places.js';

/** The conversation of a message, as a member found it. */
export interface MessageMembership extends Membership {
  readonly conversationId: ConversationId;
}

/** Checks what a user may do with a message. To those who are no members there is no such message. */
export interface MessageAccess {
  /** The user has to be a member of its conversation. Rejects `message_not_found`. */
  requireMember(messageId: MessageId, actor: UserId, attempt: number): Promise<MessageMembership>;
  /** The user has to be one who may write in its conversation. Rejects `message_not_found`, `recipient_unavailable`. */
  requirePoster(messageId: MessageId, actor: UserId, attempt: number): Promise<MessageMembership>;
}

/** A refusal of the conversation would tell that there is such a message. */
const asNoMessage = (error: unknown): never => {
  if (error instanceof Rejection && error.code === 'conversation_not_found') return reject('message_not_found');
  throw error;
};

export const messageAccess = (places: MessagePlaces, access: ConversationAccess): MessageAccess => {
  const requireBy =
    (check: ConversationAccess['requireMember']): MessageAccess['requireMember'] =>
    async (messageId, actor, attempt) => {
      const { conversationId } = (await places.find(messageId)) ?? reject('message_not_found', { messageId });
      const membership = await check(conversationId, actor, attempt).catch(asNoMessage);
      return { conversationId, ...membership };
    };
  return {
    requireMember: requireBy((...asked) => access.requireMember(...asked)),
    requirePoster: requireBy((...asked) => access.requirePoster(...asked)),
  };
};
