import type { MessageEvents } from '../../domain/messages/events.js';
import type { ConversationId, MessageId, Position } from '../../domain/kernel/ids.js';
import { hasReached, laterOf } from '../../domain/kernel/position.js';
import { BrokenSequenceError } from '../ports/projection-store.js';
import {
  isKnown,
  readUpTo,
  shownWith,
  shownWords,
  type ConversationRow,
  type MessageRow,
  type MessagesTables,
} from './messages-tables.js';
import type { Projected, Projector } from './projector.js';
import { changeRow } from './rows.js';

/** The table of messages; gives each its ordinal and its place, in the order of the log. */
export interface MessageWriter {
  /** The sender has read everything up to their own message. */
  add(event: Projected<MessageEvents['MessageSent']>): void;
  edit(event: Projected<MessageEvents['MessageEdited']>): void;
  /** The message stays as a place in the history, without its text and its files. */
  remove(event: Projected<MessageEvents['MessageDeleted']>): void;
}

/** The histories. */
export const messages: Projector<MessageEvents, { readonly messages: MessageWriter }> = {
  name: 'messages',
  on: {
    MessageSent: (write, event) => write.messages.add(event),
    MessageEdited: (write, event) => write.messages.edit(event),
    MessageDeleted: (write, event) => write.messages.remove(event),
  },
};

type Sent = Projected<MessageEvents['MessageSent']>;

/**
 * Says whether the conversation has had the message before. Raises `BrokenSequenceError` where its ordinal would be a
 * wrong one.
 */
const isRepeated = (conversation: ConversationRow, { data, position }: Sent, isThere: boolean): boolean => {
  const isBehind = hasReached(conversation.lastMessagePosition, position);
  if (isBehind && !isThere)
    throw new BrokenSequenceError(`message ${data.messageId} at position ${position} came behind a later one`);
  if (!isBehind && isThere)
    throw new BrokenSequenceError('a message, or an ordinal of a conversation, would be there twice');
  return isBehind;
};

/** An event about a message that is there. */
interface AboutMessage {
  readonly data: { readonly messageId: MessageId; readonly conversationId: ConversationId };
  readonly position: Position;
}

/**
 * Changes a message where it stands. What its conversation shows has changed with it, also where an engine that stores one
 * after the other has stored the message and not the conversation.
 */
export const changeMessage = (
  { conversations, messages }: MessagesTables,
  { data: { messageId, conversationId }, position }: AboutMessage,
  changeOf: (row: MessageRow) => Partial<MessageRow> & Pick<MessageRow, 'change'>,
): void => {
  const row = messages.get(messageId);
  if (!row) return;
  if (!isKnown(row, { position })) messages.set(messageId, { ...row, ...changeOf(row), position });
  changeRow(conversations, conversationId, (found) => (isKnown(found, { position }) ? found : { ...found, position }));
};

/**
 * Carries out what these events mean: a message gets the next ordinal of its conversation, in the order of the log, and
 * its sender has read everything up to it. A database may do it in its own language, and has to give the same answers.
 */
export const messageRows = (tables: MessagesTables): MessageWriter => ({
  add: (event) => {
    const { conversations, messages: sent } = tables;
    const { data, position } = event;
    const { messageId, conversationId, senderId, replyTo, sentAt } = data;
    const conversation = conversations.get(conversationId);
    if (!conversation) throw new Error(`message ${messageId} is of a conversation that is not in the read model`);
    if (isRepeated(conversation, event, sent.has(messageId))) return;
    const seq = conversation.lastSeq + 1;
    conversations.set(conversationId, {
      ...conversation,
      lastSeq: seq,
      lastMessagePosition: position,
      lastActivityAt: sentAt,
      activityPosition: laterOf(conversation.activityPosition, position),
      position: laterOf(conversation.position, position),
    });
    sent.set(messageId, {
      messageId,
      conversationId,
      seq,
      senderId,
      text: shownWords(tables, senderId, data.text),
      mentions: shownWith(tables, senderId, data.mentions),
      attachments: shownWith(tables, senderId, data.attachments),
      replyTo,
      sentAt,
      editedAt: null,
      deletedAt: null,
      sentPosition: position,
      position,
      change: null,
    });
    readUpTo(tables, conversationId, senderId, seq);
  },
  edit: (event) => {
    const { senderId, editedAt } = event.data;
    const text = shownWords(tables, senderId, event.data.text);
    const mentions = shownWith(tables, senderId, event.data.mentions);
    changeMessage(tables, event, () => ({ text, mentions, editedAt, change: 'edited' }));
  },
  remove: (event) =>
    changeMessage(tables, event, () => ({
      text: null,
      mentions: null,
      attachments: null,
      deletedAt: event.data.deletedAt,
      change: 'deleted',
    })),
});
