import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { PinView, PinViews } from '../ports/pin-views.js';

/** Answers the pinned messages of a conversation to one of its members. */
export const listPins =
  (conversations: Pick<ConversationViews, 'isMember'>, views: Pick<PinViews, 'list'>) =>
  async (
    viewer: UserId,
    conversationId: ConversationId,
  ): Promise<{ readonly pins: readonly PinView[]; readonly nextCursor: null }> => {
    const pins = await views.list(conversationId);
    if (!(await conversations.isMember(conversationId, viewer))) reject('conversation_not_found'); // as for a history
    return { pins, nextCursor: null };
  };
