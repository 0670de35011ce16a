import type { ConversationEvents } from '../../domain/conversations/events.js';
import type { ConversationId, MessageId, UserId } from '../../domain/kernel/ids.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import type { PinEvents } from '../../domain/pins/events.js';
import type { PreferencesEvents } from '../../domain/preferences/events.js';
import type { ReactionEvents } from '../../domain/reactions/events.js';
import type { DeliveryEvents } from '../../domain/deliveries/events.js';
import type { ReadingEvents } from '../../domain/reading/events.js';
import type { UserEvents } from '../../domain/users/events.js';

type TouchingEvents = ConversationEvents &
  MessageEvents &
  ReactionEvents &
  PinEvents &
  PreferencesEvents &
  ReadingEvents &
  DeliveryEvents &
  Pick<UserEvents, 'UserErased'>;

/** Its methods are called for each row that an event changes, or depends on. */
export interface TouchVisitor {
  conversation(conversationId: ConversationId): void;
  member(conversationId: ConversationId, userId: UserId): void;
  /** A user whose words the event brings: they may be erased. */
  author(userId: UserId): void;
  /** The message that the event is about; not one that it brings. */
  message(messageId: MessageId): void;
}

type Touch<Data> = (visit: TouchVisitor, data: Data) => void;

const touchMember: Touch<{ readonly conversationId: ConversationId; readonly userId: UserId }> = (visit, data) => {
  visit.conversation(data.conversationId);
  visit.member(data.conversationId, data.userId);
};

const touchReaction: Touch<ReactionEvents['ReactionAdded' | 'ReactionRemoved']> = (visit, data) => {
  visit.conversation(data.conversationId);
  visit.message(data.messageId);
  visit.author(data.userId);
};

const touchConversation: Touch<{ readonly conversationId: ConversationId }> = (visit, { conversationId }) =>
  visit.conversation(conversationId);

const TOUCHED: { readonly [Type in keyof TouchingEvents]: Touch<TouchingEvents[Type]> } = {
  ConversationStarted: (visit, { conversationId, members, startedBy }) => {
    visit.conversation(conversationId);
    for (const { userId } of members) visit.member(conversationId, userId);
    visit.author(startedBy);
  },
  ConversationRenamed: (visit, { conversationId, renamedBy }) => {
    visit.conversation(conversationId);
    visit.author(renamedBy);
  },
  MemberAdded: touchMember,
  MemberRemoved: touchMember,
  MemberRoleChanged: touchMember,
  MessageSent: (visit, { conversationId, senderId }) => {
    visit.conversation(conversationId);
    visit.member(conversationId, senderId);
    visit.author(senderId);
  },
  MessageEdited: (visit, { conversationId, messageId, senderId }) => {
    visit.conversation(conversationId);
    visit.message(messageId);
    visit.author(senderId);
  },
  MessageDeleted: (visit, { conversationId, messageId }) => {
    visit.conversation(conversationId);
    visit.message(messageId);
  },
  ReactionAdded: touchReaction,
  ReactionRemoved: touchReaction,
  MessagePinned: touchConversation,
  MessageUnpinned: touchConversation,
  PreferencesChanged: (visit, { userId }) => visit.author(userId),
  MessageRead: (visit, data) => {
    touchMember(visit, data);
    visit.message(data.messageId);
  },
  MessagesDelivered: (visit, { messageId }) => visit.message(messageId),
  // What it changes beside is found by the engine: all that the user has ever written.
  UserErased: (visit, { userId }) => visit.author(userId),
};

/** Tells which rows of the `messages` projection an event touches: for an engine that reads them before it applies events. */
export const touchRows = (
  visit: TouchVisitor,
  { type, data }: { readonly type: string; readonly data: object },
): void => (TOUCHED as Readonly<Record<string, Touch<object> | undefined>>)[type]?.(visit, data);
