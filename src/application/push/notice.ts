import type { ConversationChangeKind, MemberView, RemovedMember } from '../ports/conversation-views.js';
import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import type { ReadingEvents } from '../../domain/reading/events.js';

/** What clients are told of an event, at its place in the order. */
export type OrderedNotice =
  | { readonly kind: 'message.sent'; readonly position: Position; readonly sent: MessageEvents['MessageSent'] }
  | { readonly kind: 'message.read'; readonly position: Position; readonly read: ReadingEvents['MessageRead'] }
  | ConversationNotice;

/** Somebody looks different, now: told to those who talk with them. */
export interface UserNotice {
  readonly kind: 'user';
  readonly userId: UserId;
}

/** Somebody shows what they read, or does not; nobody is told. */
export interface ReceiptsNotice {
  readonly kind: 'receipts';
  readonly userId: UserId;
  readonly shown: boolean;
}

/** What becomes of an event for those who are connected. */
export type Notice = OrderedNotice | UserNotice | ReceiptsNotice;

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

/** The message that is sent or read by it, and its conversation. */
export const messageOf = (notice: Notice) => {
  switch (notice.kind) {
    case 'message.sent':
      return notice.sent;
    case 'message.read':
      return notice.read;
    case 'conversation':
    case 'user':
    case 'receipts':
      return undefined;
  }
};
