import type {
  ConversationChangeKind,
  Erasure,
  MemberView,
  PreferencesChange,
  RemovedMember,
} from '../ports/conversation-views.js';
import type { MessageChangeKind } from '../ports/message-views.js';
import type { PinChange } from '../ports/pin-views.js';
import type { DeliveryEvents } from '../../domain/deliveries/events.js';
import type { ConversationId, MessageId, Position, UserId } from '../../domain/kernel/ids.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import type { ReadingEvents } from '../../domain/reading/events.js';

/** What clients are sent about an event, at its place in the order. */
export type OrderedNotice =
  | { readonly kind: 'message.sent'; readonly position: Position; readonly sent: MessageEvents['MessageSent'] }
  | { readonly kind: 'message.read'; readonly position: Position; readonly read: ReadingEvents['MessageRead'] }
  | {
      readonly kind: 'message.delivered';
      readonly position: Position;
      readonly delivered: DeliveryEvents['MessagesDelivered'];
    }
  | MessageNotice
  | PinNotice
  | PreferencesNotice
  | ConversationNotice
  | ErasureNotice;

/** A user was erased: what they wrote has changed, in as many messages as they sent. */
export interface ErasureNotice extends Erasure {
  readonly kind: 'erasure';
}

/** A user looks different now. Those who share a conversation with them see it. */
export interface UserNotice {
  readonly kind: 'user';
  readonly userId: UserId;
}

/** A user now shows what they read, or does not. Nobody is sent anything. */
export interface ReceiptsNotice {
  readonly kind: 'receipts';
  readonly userId: UserId;
  readonly shown: boolean;
}

/** What an event means for connected clients. */
export type Notice = OrderedNotice | UserNotice | ReceiptsNotice;

/** A message was changed. Its frame shows it as it is by now. */
export interface MessageNotice {
  readonly kind: 'message.changed';
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  readonly change: MessageChangeKind;
}

/** A message was pinned, or is pinned no more. */
interface PinNotice extends PinChange {
  readonly kind: 'pin';
}

/** A member keeps a conversation in another way. Their own devices are told. */
interface PreferencesNotice extends PreferencesChange {
  readonly kind: 'preferences';
  readonly userId: UserId;
}

/** A conversation was started or changed. */
export interface ConversationNotice {
  readonly kind: 'conversation';
  readonly position: Position;
  readonly conversationId: ConversationId;
  readonly change: ConversationChangeKind;
  /** The members who join by the change. */
  readonly joining: readonly MemberView[];
  /** The members who have another role by the change. */
  readonly roles: readonly Pick<MemberView, 'userId' | 'role'>[];
  /** The members who leave by the change. They get its frame, and no later one. */
  readonly leaving: readonly RemovedMember[];
}

/** The message that is sent, delivered or read, and its conversation. */
export const messageOf = (notice: Notice) => {
  switch (notice.kind) {
    case 'message.sent':
      return notice.sent;
    case 'message.read':
      return notice.read;
    case 'message.delivered':
      return notice.delivered;
    default:
      return undefined;
  }
};
