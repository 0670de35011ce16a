import type { ConversationChangeKind, MemberView, RemovedMember } from '../ports/conversation-views.js';
import type { RecordedEvent } from '../ports/event-store.js';
import type { ChatEvents, ChatEventType } from '../../domain/event-catalogue.js';
import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import type { ReadingEvents } from '../../domain/reading/events.js';

/** What clients are told of an event. */
export type Notice =
  | { readonly kind: 'message.sent'; readonly position: Position; readonly sent: MessageEvents['MessageSent'] }
  | { readonly kind: 'message.read'; readonly position: Position; readonly read: ReadingEvents['MessageRead'] }
  /** Somebody looks different: told to those who talk with them. */
  | { readonly kind: 'user'; readonly userId: UserId }
  /** Somebody shows what they read, or does not; nobody is told. */
  | { readonly kind: 'receipts'; readonly userId: UserId; readonly shown: boolean }
  | ConversationNotice;

/** A conversation was started or changed. */
export interface ConversationNotice {
  readonly kind: 'conversation';
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly change: ConversationChangeKind;
  /** Who joins by it. */
  readonly joining: readonly MemberView[];
  /** Who has another role by it. */
  readonly roles: readonly Pick<MemberView, 'userId' | 'role'>[];
  /** Who leaves by it: told for the last time. */
  readonly leaving: readonly RemovedMember[];
}

type Notify = { readonly [Type in ChatEventType]?: (data: ChatEvents[Type], position: Position) => Notice };

const about = (
  change: ConversationChangeKind,
  conversationId: ConversationId,
  position: Position,
  whom: Partial<Pick<ConversationNotice, 'joining' | 'roles' | 'leaving'>> = {},
): ConversationNotice => ({
  kind: 'conversation',
  position,
  conversationId,
  change,
  joining: [],
  roles: [],
  leaving: [],
  ...whom,
});

const notices: Notify = {
  MessageSent: (sent, position) => ({ kind: 'message.sent', position, sent }),
  MessageRead: (read, position) => ({ kind: 'message.read', position, read }),
  ProfileChanged: ({ userId }) => ({ kind: 'user', userId }),
  UserErased: ({ userId }) => ({ kind: 'user', userId }),
  SettingsChanged: ({ userId, readReceipts }) => ({ kind: 'receipts', userId, shown: readReceipts }),
  ConversationStarted: ({ conversationId, members, startedAt }, position) =>
    about('started', conversationId, position, {
      joining: members.map(({ userId, role }) => ({ userId, role, joinedAt: startedAt })),
    }),
  ConversationRenamed: ({ conversationId }, position) => about('renamed', conversationId, position),
  MemberAdded: ({ conversationId, userId, role, addedAt }, position) =>
    about('member_added', conversationId, position, { joining: [{ userId, role, joinedAt: addedAt }] }),
  MemberRemoved: ({ conversationId, userId }, position) =>
    about('member_removed', conversationId, position, { leaving: [{ userId, position }] }),
  MemberRoleChanged: ({ conversationId, userId, role }, position) =>
    about('role_changed', conversationId, position, { roles: [{ userId, role }] }),
};

/** The types of events whose notices have no place in the order: both tell how a user looks now. */
export const UNORDERED_TYPES: readonly ChatEventType[] = ['ProfileChanged', 'UserErased'];

/** The types of all other events that clients are told of. */
export const ORDERED_TYPES = (Object.keys(notices) as ChatEventType[]).filter(
  (type) => !UNORDERED_TYPES.includes(type),
);

/** What clients are told of an event, if anything. */
export const noticeOf = ({ type, data, position }: RecordedEvent): Notice | undefined =>
  (notices as Readonly<Record<string, ((data: object, position: Position) => Notice) | undefined>>)[type]?.(
    data,
    position,
  );

/** The message that is sent or read by it, and its conversation. */
export const messageOf = (notice: Notice) => {
  if (notice.kind === 'message.sent') return notice.sent;
  return notice.kind === 'message.read' ? notice.read : undefined;
};
