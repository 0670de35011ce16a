import type { ConversationChangeKind } from '../ports/conversation-views.js';
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
  | { readonly kind: 'person'; readonly position: Position; readonly userId: UserId }
  /** Somebody shows what they read, or does not; nobody is told. */
  | { readonly kind: 'receipts'; readonly position: Position; readonly userId: UserId; readonly shown: boolean }
  | {
      readonly kind: 'conversation';
      readonly position: Position;
      readonly conversationId: ConversationId;
      readonly change: ConversationChangeKind;
      /** Who it was about; null for a start or a new title. */
      readonly userId: UserId | null;
      /** Who joins by it. */
      readonly joining: readonly UserId[];
      /** Who leaves by it: told for the last time. */
      readonly leaving: UserId | null;
    };

type Notify = { readonly [Type in ChatEventType]?: (data: ChatEvents[Type], position: Position) => Notice };

const about = (
  change: ConversationChangeKind,
  { conversationId, userId = null }: { readonly conversationId: ConversationId; readonly userId?: UserId | null },
  position: Position,
  { joining = [], leaving = null }: { readonly joining?: readonly UserId[]; readonly leaving?: UserId | null } = {},
): Notice => ({ kind: 'conversation', position, conversationId, change, userId, joining, leaving });

const notices: Notify = {
  MessageSent: (sent, position) => ({ kind: 'message.sent', position, sent }),
  MessageRead: (read, position) => ({ kind: 'message.read', position, read }),
  ProfileChanged: ({ userId }, position) => ({ kind: 'person', position, userId }),
  UserErased: ({ userId }, position) => ({ kind: 'person', position, userId }),
  SettingsChanged: ({ userId, readReceipts }, position) => ({
    kind: 'receipts',
    position,
    userId,
    shown: readReceipts,
  }),
  ConversationStarted: ({ conversationId, members }, position) =>
    about('started', { conversationId }, position, { joining: members.map(({ userId }) => userId) }),
  ConversationRenamed: (data, position) => about('renamed', { conversationId: data.conversationId }, position),
  MemberAdded: (data, position) => about('member_added', data, position, { joining: [data.userId] }),
  MemberRemoved: (data, position) => about('member_removed', data, position, { leaving: data.userId }),
  MemberRoleChanged: (data, position) => about('role_changed', data, position),
};

/** The types of events that clients are told of. */
export const PUSHED_TYPES = Object.keys(notices) as ChatEventType[];

/** What clients are told of an event, if anything. */
export const noticeOf = ({ type, data, position }: RecordedEvent): Notice | undefined =>
  (notices as Readonly<Record<string, ((data: object, position: Position) => Notice) | undefined>>)[type]?.(
    data,
    position,
  );
