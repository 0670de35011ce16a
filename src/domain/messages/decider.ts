import type { Decider } from '../kernel/decider.js';
import type { ConversationId, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import { areSameFiles, type Attachment } from './attachments.js';
import type { MessageCommands } from './commands.js';
import type { MessageEvents } from './events.js';
import type { MessageState, OriginalMessage } from './state.js';

/**
 * Says whether a message is the one that was sent before. Its present text does not matter: it may have been edited
 * since.
 */
export const isSameMessage = (
  original: OriginalMessage,
  sent: Pick<MessageCommands['SendMessage'], 'by' | 'text' | 'replyTo'> & {
    conversationId: ConversationId | undefined;
    attachments: readonly Pick<Attachment, 'mediaId'>[];
  },
): boolean =>
  original.senderId === sent.by &&
  original.conversationId === sent.conversationId &&
  original.text === sent.text &&
  original.replyTo === sent.replyTo &&
  areSameFiles(original.attachments ?? [], sent.attachments);

/** Answers the field of an event that stores mentions; it is left out where there are none. */
const mentioning = (mentions: readonly UserId[]): { mentions?: UserId[] } =>
  mentions.length > 0 ? { mentions: [...mentions] } : {};

/** What is stored of files: nothing, where there are none. */
const carrying = (attachments: readonly Attachment[]): { attachments?: Attachment[] } =>
  attachments.length > 0 ? { attachments: [...attachments] } : {};

/** One message. Sending the same one again decides nothing; another one with the same id is rejected. */
export const message: Decider<MessageCommands, MessageEvents, MessageState> = {
  category: 'message',
  initial: { status: 'absent' },
  decide: {
    SendMessage: (command, state) => {
      const { messageId, conversationId, text, replyTo, mentions, attachments, by, at } = command;
      const optional = { ...mentioning(mentions), ...carrying(attachments) };
      const sent = { messageId, conversationId, senderId: by, text, replyTo, ...optional, sentAt: at };
      if (state.status === 'absent') return [{ type: 'MessageSent', data: sent }];
      return isSameMessage(state.original, command) ? [] : reject('idempotency_conflict', { messageId });
    },
    EditMessage: ({ messageId, text, mentions, by, at }, state) => {
      if (state.status !== 'visible') return reject('message_not_found', { messageId });
      const { conversationId, senderId } = state.original;
      if (senderId !== by) reject('forbidden', { messageId });
      if (state.text === text) return [];
      const edited = { messageId, conversationId, senderId, text, ...mentioning(mentions), editedAt: at };
      return [{ type: 'MessageEdited', data: edited }];
    },
    DeleteMessage: ({ messageId, isModerator, by, at }, state) => {
      if (state.status === 'absent') return reject('message_not_found', { messageId });
      const { conversationId, senderId } = state.original;
      if (senderId !== by && !isModerator) reject('forbidden', { messageId });
      if (state.status === 'deleted') return [];
      return [{ type: 'MessageDeleted', data: { messageId, conversationId, deletedBy: by, deletedAt: at } }];
    },
    ExpireMessage: ({ messageId, sentBefore, days, isHeld, at }, state) => {
      if (isHeld || state.status !== 'visible' || state.original.sentAt >= sentBefore) return [];
      const { conversationId } = state.original;
      const expired = { messageId, conversationId, deletedBy: null, retentionDays: days, deletedAt: at };
      return [{ type: 'MessageDeleted', data: expired }];
    },
  },
  evolve: {
    MessageSent: (_, sent) => ({ status: 'visible', original: sent, text: sent.text }),
    MessageEdited: (state, { text }) => (state.status === 'visible' ? { ...state, text } : state),
    MessageDeleted: (state) => (state.status === 'visible' ? { status: 'deleted', original: state.original } : state),
  },
};
