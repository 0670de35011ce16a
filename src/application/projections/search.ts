import type { ConversationId, Instant, MessageId, Position, UserId } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import { normalForm } from '../search/normal-form.js';
import type { UserEvents } from '../../domain/users/events.js';
import type { Projected, Projector } from './projector.js';
import { changeRow } from './rows.js';

/** The tables of what messages are found by. */
export interface SearchWriter {
  add(event: Projected<MessageEvents['MessageSent']>): void;
  edit(event: Projected<MessageEvents['MessageEdited']>): void;
  /** Its text goes; its place stays. */
  remove(event: Projected<MessageEvents['MessageDeleted']>): void;
  /** The texts of an erased user go. */
  erase(event: Projected<UserEvents['UserErased']>): void;
}

/** The view in which messages are searched. */
export const search: Projector<MessageEvents & Pick<UserEvents, 'UserErased'>, { readonly search: SearchWriter }> = {
  name: 'search',
  on: {
    MessageSent: (write, event) => write.search.add(event),
    MessageEdited: (write, event) => write.search.edit(event),
    MessageDeleted: (write, event) => write.search.remove(event),
    UserErased: (write, event) => write.search.erase(event),
  },
};

/** The number of messages of a conversation, and where the newest one was sent. */
export interface SearchedConversation {
  readonly conversationId: ConversationId;
  readonly lastSeq: number;
  readonly lastPosition: Position;
}

/** A message as it is searched. */
export interface SearchedMessage {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  /** Its ordinal in the conversation, in the order of the log. */
  readonly seq: number;
  readonly senderId: UserId;
  /** The text in normal form; null where there is none, or none any more. */
  readonly text: string | null;
  readonly sentAt: Instant;
  readonly sentPosition: Position;
  /** The position of the last event that changed the text. */
  readonly position: Position;
}

/** The rows of the `search` projection. */
export type SearchTables = {
  readonly conversations: Map<string, SearchedConversation>;
  readonly messages: Map<string, SearchedMessage>;
  /** The users who were erased: what comes of theirs later, sent in the same moment, is not found either. */
  readonly erased: Map<string, { readonly userId: UserId }>;
};

type Changed = Projected<MessageEvents['MessageEdited' | 'MessageDeleted']>;

/** Carries out what these events mean. A database may do it in its own language, and has to give the same answers. */
export const searchRows = ({ conversations, messages, erased }: SearchTables): SearchWriter => {
  const textOf = (senderId: UserId, text: string): string | null =>
    erased.has(senderId) ? null : normalForm(text) || null;
  const change = ({ data: { messageId }, position }: Changed, text: string | null): void =>
    changeRow(messages, messageId, (row) => (hasReached(row.position, position) ? row : { ...row, text, position }));
  return {
    add: ({ data, position }) => {
      const { messageId, conversationId, senderId, sentAt } = data;
      const before = conversations.get(conversationId);
      if (before && hasReached(before.lastPosition, position)) return;
      const seq = (before?.lastSeq ?? 0) + 1;
      conversations.set(conversationId, { conversationId, lastSeq: seq, lastPosition: position });
      const places = { messageId, conversationId, seq, senderId, sentAt, sentPosition: position, position };
      messages.set(messageId, { ...places, text: textOf(senderId, data.text) });
    },
    edit: (event) => change(event, textOf(event.data.senderId, event.data.text)),
    remove: (event) => change(event, null),
    erase: ({ data: { userId } }) => {
      erased.set(userId, { userId });
      for (const [messageId, row] of messages)
        if (row.senderId === userId && row.text !== null) messages.set(messageId, { ...row, text: null });
    },
  };
};
